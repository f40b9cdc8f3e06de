import {describe, expect, test} from 'vitest'
import {
  citedShare,
  emptyLeadIns,
  evidenceIn,
  repeatedSentences,
  sectionFlows,
  wordsOf,
} from '../../src/evaluation/answer-measures.ts'

/** An answer of a line that opens it and quotes of numbered sources, with labels and what else stands between. */
function answerOf(...parts: readonly (string | readonly [n: number, quote: string])[]) {
  let text = ''
  const citations = parts.flatMap((part) => {
    const start = text.length
    text += typeof part === 'string' ? part : part[1]
    return typeof part === 'string' ? [] : [{n: part[0], start, end: text.length, quote: part[1]}]
  })
  return {text, citations}
}

describe('evidence', () => {
  const groups = [['Run `npm start`.', 'Start it with npm.'], ['It listens on port 3000.']]

  test('is complete with a span of every group, whatever marks and case', () => {
    expect(evidenceIn('**START** it, with `npm`!\n\nit listens on *port* 3000', groups)).toEqual({
      all: 1,
      any: 1,
    })
  })

  test('of some groups is not all of it, and of none is nothing', () => {
    expect(evidenceIn('It listens on port 3000.', groups)).toEqual({all: 0, any: 1})
    expect(evidenceIn('It listens on port 4000.', groups)).toEqual({all: 0, any: 0})
  })

  test('is compared by the words of links, not by where they lead', () => {
    const span = 'See [the `keys`](../keys.md) for [more][k].'

    expect(evidenceIn('See [the keys](https://x.test/a_(b)) for more.', [[span]]).all).toBe(1)
    expect(evidenceIn('See the ../keys.md for more.', [[span]]).all).toBe(0)
  })
})

describe('repeated sentences', () => {
  test('are found across paragraphs, list items and tables, marks aside', () => {
    const text =
      'The key expires after a day.\n\n- The **key** expires after a day!\n\n|a|\n|-|\n|The key expires after a day|'

    expect(repeatedSentences(text)).toBe(2)
  })

  test.each([
    ['short ones', 'See the docs.\n\nSee the docs.'],
    ['code', '```\nnpm run the whole thing\n```\n\n```\nnpm run the whole thing\n```'],
    ['labels', '**How to rotate a key**\n\nOne.\n\n**How to rotate a key**\n\nTwo.'],
    ['different ones', 'The key expires after a day. The key expires after two days.'],
  ])('are not %s', (_what, text) => {
    expect(repeatedSentences(text)).toBe(0)
  })
})

describe('empty lead-ins', () => {
  const opening = 'From the docs:\n\n'
  const markdown = [
    'Some **more** words. Do the following:',
    '### Details',
    '**On Linux**',
    '![A terminal](a.png)',
    '- This, as\n  it is written.\n- That.',
    'Then run it:',
    '```\nnpm start\n```',
  ].join('\n\n')
  const textsOf = (n: number) => (n === 1 ? sectionFlows(markdown) : [])

  test.each([
    ['nothing', [[1, 'Do the following:']]],
    ['a full-width colon and nothing', [[1, '手順：']]],
    ['a label', [[1, 'Do the following:'], '\n\n**Other**\n\n', [1, 'Text.']]],
    ['a heading', [[1, 'Do the following:'], '\n\n## Other\n\n', [1, 'Text.']]],
    ['another source', [[1, 'Do **the following:**'], '\n\n', [2, 'Text.']]],
    ['nothing, in a list', [[1, '- First do this.'], '\n', [1, '- Then do this:']]],
    ['what follows later in its section', [[1, 'Do the following:'], '\n\n', [1, '```\nnpm start\n```']]],
    ['what stands before it', [[1, 'Then run it:'], '\n\n', [1, '- This, as it is written.']]],
  ] as const)('are followed by %s', (_what, parts) => {
    expect(emptyLeadIns(answerOf(opening, ...parts), textsOf)).toHaveLength(1)
  })

  test.each([
    ['what it announces', [[1, 'Then run *it*:'], '\n\n', [1, '```\nnpm start\n```']]],
    [
      'a list behind a label',
      [[1, 'Do the following:'], '\n\n', [1, '- This, as it is…'], '\n', [1, '- That.']],
    ],
    ['a picture', [[1, 'Do the following:'], '\n\n', [1, '![A terminal](a.png)']]],
    ['no colon at its end', [[1, 'Note: this is all.']]],
    ['a label of its own', ['**Usage:**\n\n', [1, 'Text.']]],
  ] as const)('are none with %s', (_what, parts) => {
    expect(emptyLeadIns(answerOf(opening, ...parts), textsOf)).toEqual([])
  })
})

test('the line that opens an answer is not of its words', () => {
  expect(wordsOf(answerOf('From the docs:\n\n', '**Keys**\n\n', [1, 'They expire soon.']))).toBe(4)
  expect(wordsOf(answerOf([1, 'They expire soon.']))).toBe(3)
})

describe('the share that is cited', () => {
  test('is of all words but the line that opens an answer and labels', () => {
    expect(citedShare(answerOf('From the docs:\n\n', '**Keys**\n\n', [1, '- They expire soon.']))).toBe(1)
    expect(citedShare(answerOf('From the docs:\n\n', [1, 'They expire.'], '\n\n- Not all.'))).toBe(0.5)
  })

  test('begins with the first letter of a word', () => {
    expect(citedShare(answerOf('From the docs:\n\n', '**', [1, 'They'], '** &', [1, ' expire.']))).toBe(1)
  })

  test('is nothing without citations, and unknown without words', () => {
    expect(citedShare(answerOf('They expire soon.'))).toBe(0)
    expect(citedShare(answerOf('From the docs:\n\n', [1, '…']))).toBeNull()
  })
})
