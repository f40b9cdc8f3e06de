import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {seedOr} from '../support/random-seed.ts'
import {randomPages, samplePage} from '../support/sample-pages.ts'
import {retrievalWorld} from './world.ts'

describe('questions as people send them', () => {
  let world: Awaited<ReturnType<typeof retrievalWorld>>
  beforeAll(async () => {
    world = await retrievalWorld([
      ...randomPages(20),
      samplePage('borrow.md', 'Borrowing', [
        ['E0499', 'A variable was borrowed as mutable more than once.'],
        ['Dry run', 'With --dry-run nothing is written.'],
        ['日本語', '設定ファイルを編集します。'],
        ['Настройка', 'Откройте файл настроек и измените порт.'],
      ]),
    ])
  })
  afterAll(() => world.close())

  const headingsFor = async (question: string) => {
    const {sources} = await world.retriever.retrieve({question, history: [], version: null})
    return sources.map(({headings}) => headings.at(-1))
  }

  test.each([
    ['in capitals', 'VARIABLE BORROWED AS MUTABLE', 'E0499'],
    ['as an error code alone', 'E0499', 'E0499'],
    ['as a flag alone', '--dry-run', 'Dry run'],
    ['with typos', 'varialbe borowed mutabel', 'E0499'],
    ['in Japanese', '設定ファイル', '日本語'],
    ['in Russian', 'измените порт', 'Настройка'],
  ])('find their section %s', async (_how, question, heading) => {
    expect((await headingsFor(question))[0]).toBe(heading)
  })

  test('a log of thousands of characters is searched for by its beginning', async () => {
    const log = `variable borrowed as mutable more than once\n${'at frame 0x7ffd (lib.rs:10) xq '.repeat(400)}`

    expect(await headingsFor(log)).toContain('E0499')
  })

  test.each([['how do I?'], ['?'], ['   '], ['\u0000'], ['the the the'], ['\ud800'], ['🙂🙂']])(
    'nothing but stop words and signs is not an error: %j',
    async (question) => {
      const {sources, abstention} = await world.retriever.retrieve({question, history: [], version: null})

      expect(sources.length > 0 || abstention !== null).toBe(true)
    },
  )

  test('any text gets numbered sources in falling order, highlights inside their snippets, or an abstention', async () => {
    const word = fc.constantFrom(
      '--dry-run',
      'E0499',
      'a.b::c',
      "it's",
      '日本語',
      'how',
      'pod',
      '%_"*',
      'x'.repeat(90),
    )
    const text = fc.oneof(
      fc.string({unit: 'grapheme', maxLength: 200}),
      fc.array(word, {maxLength: 30}).map((words) => words.join(' ')),
    )
    const turn = fc.record({role: fc.constantFrom('user' as const, 'assistant' as const), content: text})

    let marks = 0
    await fc.assert(
      fc.asyncProperty(text, fc.array(turn, {maxLength: 4}), async (question, history) => {
        const {sources, abstention, timings} = await world.retriever.retrieve({
          question,
          history,
          version: null,
        })

        if (sources.length === 0) expect(abstention).not.toBeNull()
        expect(sources.map(({n}) => n)).toEqual(sources.map((_, index) => index + 1))
        for (const {score, snippet, highlights} of sources) {
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(1)
          let last = 0
          for (const [start, end] of highlights) {
            expect(start).toBeGreaterThanOrEqual(last)
            expect(end).toBeGreaterThan(start)
            last = end
          }
          expect(last).toBeLessThanOrEqual(snippet.length)
        }
        const {total = 0, ...stages} = timings
        expect(total).toBeGreaterThan(0)
        for (const value of Object.values(stages)) expect(value).toBeLessThanOrEqual(total)
        marks += sources.flatMap(({highlights}) => highlights).length
      }),
      {numRuns: 60, seed: seedOr(1)},
    )
    expect(marks).toBeGreaterThan(0)
  })
})
