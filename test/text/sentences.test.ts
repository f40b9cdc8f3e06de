import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {sentenceEndsIn, sentencesOf} from '../../src/text/sentences.ts'
import {seedOr} from '../support/random-seed.ts'

/** The pieces between the ends, as they stand. */
function piecesOf(text: string): string[] {
  const ends = [0, ...sentenceEndsIn(text), text.length]
  return ends.slice(1).map((end, n) => text.slice(ends[n], end))
}

/** In each, `|` marks the ends. */
function expectEnds(marked: string): void {
  const pieces = marked.split('|')
  expect(piecesOf(pieces.join(''))).toEqual(pieces)
}

describe('sentence ends', () => {
  test.each([
    'Use node.js 20.19, e.g. on Linux.| Then run it.',
    'See v1.2.| Then v. 2 and ver. 3.| Done.',
    'It needs approx. Node 20, i.e. A or B, etc. Foo.',
    'Ask Dr. J. R. Smith of Acme Inc. Boston.| He knows.',
    'Upgrade package A.| Package B is next.| Choose option C.| It is best.',
    'It was written by J. Smith and Donald E. Knuth.| They know.',
    'It has a priority, eg. "high" or ie. Any other.| Done.',
    'It takes 30 ms.| Then it ends.',
    'The answer is no.| See no. 5 and vol. 2.',
    'Set it to the max.| Allow max. 5.',
    'Open README.md.| Edit example.no.| Save.',
    'Run docker build . Then push.',
    'Wait... what? he asked.| "Nothing!" she said.',
    'Wait...| Then go on…| And on.',
    'He said “Stop.”| She did (at once.)| “Why?”| “So.”',
    'Is `a` set?| `B` is!| Mind: x!=y and a?b:c hold.',
    'Use the SDK.| .NET works too. npm does not begin a sentence.',
    'It is needed.| "kind" is its name.| `npm` runs (and so on).',
    'Wait! helm install x',
    'Really?!| Yes!!| Good. 🎉',
    '... and so on.| - Next.',
    'A wrapped\nline ends here.|\nThe next one.\n',
  ])('English: %s', expectEnds)

  test.each([
    '3. Install it.| 4. Run it.',
    'a. Do this.| It works.',
    'iv. The fourth.| It holds.',
    '1.2. Installation guide.| Read it.',
    'The answer is 42.| Then go.',
    'First do this:\n2. Then That.|\n3. And this.',
  ])('numbers of items: %s', expectEnds)

  test.each([
    // German
    'Das gilt z. B. Für alle, d.h. Kunden bzw. Nutzer.| Am 3. Oktober ist frei.| Ende.',
    '„Ja.“| Dann ging er.| »Nein!«| Gut.',
    // French
    'Il dit : « Bonjour ! »| Puis il part.| Ça va ?| Oui.',
    // Spanish
    '¿Qué hace?| ¡Arranca el servidor!| Véase la pág. 5.',
    // Russian
    'См. рис. Один и т. д. Потом.| Затем запустите.',
    // Greek and Georgian: the latter has no capitals
    'Αυτό ισχύει.| Μετά τρέξτε.',
    'გაუშვით ბრძანება.| შემდეგ ნახეთ.',
    // Armenian, Amharic, Burmese, Khmer
    'Սա առաջինն է։| Սա երկրորդն է։',
    'ይህ የመጀመሪያው ነው።| ይህ ሁለተኛው ነው።',
    'ပထမဖြစ်သည်။|ဒုတိယဖြစ်သည်။',
    'នេះជាទីមួយ។| នេះជាទីពីរ។',
    // Arabic, Urdu, Hindi
    'كيف أعمل؟| شغّل الأمر.| ثم انتظر!| انتهى.',
    'یہ پہلا ہے۔| یہ دوسرا ہے۔',
    'यह पहला है।| यह दूसरा है॥| npm चलाएँ।',
    // Chinese: no white space, and code in lower case
    '先安装。|npm start 会启动。|完成了！？|好。',
    '他说：“你好。”|然后走了，（见下。）|完。',
    '《说明》见「这里。」|版本 v1.2.3 可用。',
    '好吗？，他问。|好。',
    // Japanese
    '「何？」と聞いた。|「続行しますか？」を押します。|終わり｡|次。',
    '値は３．５です．|次です．',
  ])('other languages: %s', expectEnds)

  test('the cells of a table row are one sentence', () => {
    expect(sentenceEndsIn('It is fast. | Needs care. | Yes.')).toEqual([])
  })

  test('increase, are inside the text and not after white space, and separate text with words', () => {
    const bits = [
      'Foo',
      'bar',
      'e.g',
      '3',
      '. ',
      '.',
      '! ',
      '? ',
      '…',
      '。',
      '」',
      '"',
      ') ',
      ' ',
      '\n',
      '，',
      '𝒳',
      'Ü',
    ]
    let count = 0
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(fc.constantFrom(...bits), {maxLength: 60, size: 'max'}).map((parts) => parts.join('')),
          fc.string({unit: 'binary', maxLength: 200}),
        ),
        (text) => {
          const ends = sentenceEndsIn(text)
          count += ends.length
          for (const [n, end] of ends.entries()) {
            expect(end).toBeGreaterThan(ends[n - 1] ?? 0)
            expect(end).toBeLessThan(text.length)
            expect(text[end - 1]).toMatch(/\S/)
          }
          expect(piecesOf(text).join('')).toBe(text)
          // Each piece says something.
          if (ends.length > 0) for (const piece of piecesOf(text)) expect(piece).toMatch(/[\p{L}\p{N}]/u)
        },
      ),
      {seed: seedOr(1), numRuns: 500},
    )
    expect(count).toBeGreaterThan(200)
  })

  test.each([
    ['points', '.'],
    ['points and spaces', '. '],
    ['marks of two kinds', '!。'],
    ['white space', ' '],
    ['quotes', 'A."'],
    ['initials', 'a. '],
    ['line breaks', '1.\n'],
  ])('take time in proportion to the length: %s', (_name, bit) => {
    // Time in its square would be minutes.
    const text = `Go.${bit.repeat(400_000 / bit.length)}\nDo it.`

    expect(sentenceEndsIn(`${text} Then go.`).at(-1)).toBe(text.length)
  })
})

describe('sentences', () => {
  test('a point inside a version, a name or an abbreviation ends no sentence', () => {
    const text = 'Use node.js 20.19, e.g. on Linux. Then run it.'

    expect(sentencesOf(text).map((sentence) => sentence.text)).toEqual([
      'Use node.js 20.19, e.g. on Linux.',
      'Then run it.',
    ])
  })

  test('lines of code and list items are sentences of their own', () => {
    expect(sentencesOf('Run this:\nnpm ci\n  npm start\n')).toHaveLength(3)
  })

  test('their text is the text at their offsets', () => {
    let count = 0
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 400}), (text) => {
        const sentences = sentencesOf(text)
        count += sentences.length
        for (const {start, end, text: held} of sentences) expect(text.slice(start, end)).toBe(held)
      }),
      {seed: seedOr(1)},
    )
    expect(count).toBeGreaterThan(50)
  })
})
