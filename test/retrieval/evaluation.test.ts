import {describe, expect, test} from 'vitest'
import {compareRuns} from '../../src/retrieval/evaluation/compare.ts'
import {evaluate} from '../../src/retrieval/evaluation/evaluate.ts'
import {auroc, bootstrap, pageScores, ranksOf, sectionScores} from '../../src/retrieval/evaluation/metrics.ts'
import {parseQuestions} from '../../src/retrieval/evaluation/question-set.ts'
import {samplePage} from '../support/sample-pages.ts'
import {retrievalWorld} from './world.ts'

const found = [
  {pageUrl: '/a', anchor: 'one'},
  {pageUrl: '/a', anchor: 'two'},
  {pageUrl: '/b', anchor: ''},
  {pageUrl: '/c', anchor: 'x'},
]

describe('metrics', () => {
  test('a fragment asks for that section, none for any of the page', () => {
    expect(sectionScores(found, ['/a#two'])).toMatchObject({'hit@1': 0, 'hit@3': 1, 'mrr@3': 0.5})
    expect(sectionScores(found, ['/a'])).toMatchObject({'hit@1': 1, 'precision@3': 2 / 3, 'recall@1': 1})
  })

  test('pages count once, where their first section was found', () => {
    expect(ranksOf(found, ['/c#other'])).toEqual({section: null, page: 3})
    expect(pageScores(found, ['/b#gone', '/c'])).toMatchObject({'recall@3': 1, 'mrr@5': 0.5})
  })

  test('an address is the same with and without its outer slashes', () => {
    expect(ranksOf(found, ['b'])).toEqual({section: 3, page: 2})
    expect(ranksOf(found, ['/a/#two'])).toEqual({section: 2, page: 1})
  })

  test('AUROC counts ties half, and is unknown without two kinds', () => {
    expect(auroc([3, 2], [1, 0])).toBe(1)
    expect(auroc([1, 1], [1, 1])).toBe(0.5)
    expect(auroc([1], [])).toBeNull()
  })

  test('an interval holds its mean and is the same for the same seed', () => {
    const values = Array.from({length: 50}, (_, index) => index % 2)

    const interval = bootstrap(values, 7)

    expect(interval.value).toBe(0.5)
    expect(interval.low).toBeLessThan(0.5)
    expect(interval.high).toBeGreaterThan(0.5)
    expect(bootstrap(values, 7)).toEqual(interval)
  })
})

describe('a question file', () => {
  test('is read with either name for what was said', () => {
    const line = {
      id: 'q',
      question: 'And then?',
      relevant: ['/a'],
      history: [
        {role: 'user', text: 'First?'},
        {role: 'assistant', content: 'This.'},
      ],
    }

    const [question] = parseQuestions(`${JSON.stringify(line)}\n\n`, 'file')

    expect(question!.history).toEqual([
      {role: 'user', content: 'First?'},
      {role: 'assistant', content: 'This.'},
    ])
  })

  test('names the line that is wrong', () => {
    expect(() => parseQuestions('{"question": "a"}\n{"relevant": []}', 'set.jsonl')).toThrow(
      /set\.jsonl:2 question/,
    )
    expect(() => parseQuestions('nonsense', 'set.jsonl')).toThrow(/set\.jsonl:1 is not JSON/)
  })
})

test('an evaluation scores what the retriever finds, and tells the unanswerable apart', async () => {
  const world = await retrievalWorld([
    samplePage('a.md', 'Volumes', [['Mount', 'Mount a volume with the mount command.']]),
    samplePage('b.md', 'Secrets', [['Rotate', 'Rotate a secret every month.']]),
  ])
  const current = {id: world.build.manifest.id, lease: () => ({build: world.build, release() {}})}
  const questions = parseQuestions(
    [
      {id: 'hit', question: 'mount a volume', relevant: ['/a#mount']},
      {id: 'miss', question: 'rotate a secret', relevant: ['/nowhere']},
      {id: 'none', question: 'zebra crossing', relevant: [], kind: 'off-topic'},
    ]
      .map((line) => JSON.stringify(line))
      .join('\n'),
    'set',
  )

  const result = await evaluate({
    current,
    embedder: world.embedder,
    questions: questions.slice(0, 2),
    unanswerable: questions.slice(2),
  })
  world.close()

  expect(result.metrics.section).toMatchObject({'hit@1': 0.5, 'hit@20': 0.5})
  expect(result.counts).toMatchObject({questions: 2, unanswerable: 1})
  expect(result.questions[0]!.retrieved[0]!.url).toBe('/a#mount')
  expect(Object.keys(result.abstention.aurocByKind)).toEqual(['off-topic'])
})

test('two runs are compared question by question', () => {
  const scores = (hit: number) => ({'hit@1': hit, 'hit@5': hit, 'mrr@10': hit})
  const run = (...hits: number[]) =>
    hits.map((hit, index) => ({id: `q${index}`, section: scores(hit), page: scores(hit)}))

  const [comparison] = compareRuns(run(0, 1, 1), run(1, 0, 1, 1))

  expect(comparison).toMatchObject({won: ['q0'], lost: ['q1'], before: 2 / 3, after: 2 / 3})
  expect(comparison!.difference.value).toBe(0)
})
