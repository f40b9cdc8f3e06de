import {describe, expect, test} from 'vitest'
import {compareRuns, pairingOf} from '../../src/evaluation/compare.ts'
import {evaluate} from '../../src/evaluation/evaluate.ts'
import {intervalOf, intervalOfSets} from '../../src/evaluation/intervals.ts'
import {auroc} from '../../src/lib/statistics.ts'
import {buildSections, resolveGold} from '../../src/question-sets/build-sections.ts'
import {pageScores, ranksOf, sectionScores} from '../../src/question-sets/metrics.ts'
import {parseQuestions} from '../../src/question-sets/question-set.ts'
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
})

describe('an interval', () => {
  const some = (count: number, value: number, weight = 1) =>
    Array.from({length: count}, () => ({value, weight}))

  test('holds its mean and is the same each time', () => {
    const values = Array.from({length: 50}, (_, index) => (index % 5) / 4)

    const interval = intervalOf(values)

    expect(interval.value).toBe(0.5)
    expect(interval.low).toBeLessThan(0.5)
    expect(interval.high).toBeGreaterThan(0.5)
    expect(intervalOf(values)).toEqual(interval)
  })

  // Where all are the same its far end is n / (n + z²) away.
  test.each([
    [60, 60, 0.93983, 1],
    [0, 15, 0, 0.20388],
    [7, 10, 0.39678, 0.89221],
  ])('of a share of %i in %i is the score interval', (count, of, low, high) => {
    const interval = intervalOf(Array.from({length: of}, (_, index) => (index < count ? 1 : 0)))

    expect(interval.value).toBe(count / of)
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  })

  test('of shares of several is one of questions where all are the same', () => {
    expect(intervalOfSets([[...some(30, 1, 4), ...some(30, 1, 2)]])).toEqual(
      intervalOf(some(60, 1).map(() => 1)),
    )
    const {low, value, high} = intervalOfSets([[...some(30, 1, 4), ...some(30, 0.5, 2)]])
    expect(value).toBeCloseTo((30 * 4 + 15 * 2) / 180)
    expect(low).toBeLessThan(value)
    expect(high).toBeGreaterThan(value)
  })

  test('of a mean over sets counts each set the same and is narrower than theirs', () => {
    const [ones, halves] = [some(30, 1), [...some(10, 0), ...some(10, 1)]]
    const {low} = intervalOfSets([halves])

    const both = intervalOfSets([ones, halves, []])

    expect(both.value).toBe(0.75)
    expect(both.low).toBeLessThan(0.75 - (0.5 - low) / 2)
    expect(both.low).toBeGreaterThan(low)
    expect(intervalOfSets([])).toEqual({value: 0, low: 0, high: 0})
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

  test('may name what is right by file and heading, with what an answer must show', () => {
    const line = {question: 'How?', gold: [{file: 'a.md', heading: 'One', line: 3}, {file: 'b.md'}]}

    const [question] = parseQuestions(JSON.stringify({...line, evidence: [['So.', 'Thus.']]}), 'set.jsonl')

    expect(question).toMatchObject({
      gold: [
        {file: 'a.md', heading: 'One', line: 3},
        {file: 'b.md', heading: '', line: null},
      ],
      evidence: [['So.', 'Thus.']],
      relevant: [],
    })
  })

  test.each([
    ['both ways', {relevant: ['/a'], gold: [{file: 'a.md'}]}, /set\.jsonl:1 has both relevant and gold/],
    ['no way at all', {}, /set\.jsonl:1 has neither relevant nor gold/],
    ['by nothing', {relevant: ['/a', ' ']}, /set\.jsonl:1 has a blank entry in relevant/],
    ['no section', {gold: []}, /set\.jsonl:1 gold: names no section/],
    ['a section without a file', {gold: [{heading: 'A'}]}, /set\.jsonl:1 gold\.0\.file/],
    [
      'evidence that everything shows',
      {relevant: ['/a'], evidence: [['--']]},
      /evidence\.0\.0: a span needs/,
    ],
    ['evidence that nothing shows', {relevant: ['/a'], evidence: [[]]}, /evidence\.0: a group needs a span/],
  ])('is refused when it says what is right %s', (_how, line, problem) => {
    const text = JSON.stringify({question: 'How?', ...line})

    expect(() => parseQuestions(text, 'set.jsonl', {requireRelevant: true})).toThrow(problem)
  })

  test('may begin with a byte-order mark', () => {
    expect(parseQuestions('\ufeff{"question": "How?"}', 'set.jsonl')).toHaveLength(1)
  })

  test('gives a question without an id one that stays when lines move', () => {
    const [first, second] = parseQuestions('{"question": "How?"}\n{"question": "Why?"}', 'set.jsonl')
    const [moved] = parseQuestions('\n\n{"question": "Why?"}', 'set.jsonl')

    expect(moved).toMatchObject({id: second!.id, place: 'set.jsonl:3'})
    expect(first!.id).not.toBe(second!.id)
  })

  test('may name files and headings as they are copied', () => {
    const gold = ['.\\guide\\a.md', '/guide/a.md', './guide/a.md'].map((file) => ({file, heading: '## One'}))

    const [question] = parseQuestions(JSON.stringify({question: 'How?', gold}), 'set.jsonl')

    expect(question!.gold).toEqual(gold.map(() => ({file: 'guide/a.md', heading: 'One', line: null})))
  })

  test('of what the docs do not answer need not say so', () => {
    expect(parseQuestions('{"question": "How?"}', 'set.jsonl')[0]).toMatchObject({relevant: [], gold: []})
  })
})

describe('gold', () => {
  const page = samplePage('guide/a.md', 'Volumes', [
    ['', 'What volumes are.'],
    ['`mount` them', 'Mount a volume.'],
    ['Options', 'Of mounting.'],
    ['<script>', 'In a page.'],
    ['Options', 'Of unmounting.'],
    ['Options', 'Of neither.'],
  ])
  const [intro, mount, options, script, moreOptions, lastOptions] = page.sections.map(
    ({startLine}) => startLine,
  )

  async function goldOf(...gold: {file: string; heading?: string; line?: number}[]) {
    const world = await retrievalWorld([page])
    const [question] = parseQuestions(JSON.stringify({id: 'q', question: 'How?', gold}), 'set')
    const {questions, missing, byLine} = resolveGold(buildSections(world.build), [question!])
    const sections = world.build.sectionsOf(world.build.pageByPath(page.path)!.id)
    world.close()
    const lineOf = (id: number | null) => sections.find((section) => section.id === id)?.startLine ?? null
    return {
      missing,
      byLine,
      lines: questions[0]!.relevant.map((entry) =>
        typeof entry === 'string' ? entry : lineOf(entry.section),
      ),
      relevant: questions[0]!.relevant,
    }
  }
  const file = page.path

  test('is a section by its heading, marks and ids aside', async () => {
    expect(await goldOf({file, heading: '*mount* them {#mount}', line: 99})).toMatchObject({
      lines: [mount],
      missing: [],
    })
    expect((await goldOf({file, heading: '`<script>`'})).lines).toEqual([script])
  })

  test('without a heading is the text before the first', async () => {
    expect((await goldOf({file, heading: '', line: 1})).lines).toEqual([intro])
  })

  test('of a heading that no section has is the one that begins on its line', async () => {
    expect(await goldOf({file, heading: 'Renamed', line: mount!})).toMatchObject({
      lines: [mount],
      missing: [],
      byLine: ['q: guide/a.md has no section "Renamed"'],
    })
    expect((await goldOf({file, heading: 'Options', line: 99})).byLine).toEqual([])
  })

  test('whose anchor was used before on its page is told apart from the first that has it', async () => {
    expect((await goldOf({file, heading: 'Options', line: options!})).lines).toEqual([options])
    expect((await goldOf({file, heading: 'Options', line: moreOptions!})).lines).toEqual([moreOptions])
  })

  test('that a hit cannot be told from is one place', async () => {
    expect((await goldOf({file, heading: 'Options', line: lastOptions!})).lines).toEqual([moreOptions])
    expect((await goldOf({file, heading: 'Options'}, {file, heading: 'Options'})).lines).toEqual([options])
  })

  test('that is not there is told, and nothing found is it', async () => {
    const {missing, relevant} = await goldOf({file, heading: 'Gone'}, {file: 'b.md', heading: 'Options'})

    expect(missing).toEqual(['q: guide/a.md has no section "Gone"', 'q: there is no page b.md'])
    const found = [{pageUrl: '/guide/a', anchor: ''}]
    expect(ranksOf(found, relevant)).toEqual({section: null, page: 1})
    expect(sectionScores(found, relevant)).toMatchObject({'hit@20': 0, 'recall@20': 0})
  })
})

test('a page that is relevant and not there is told once', async () => {
  const world = await retrievalWorld([samplePage('a.md', 'Volumes', [['Options', 'Of mounting.']])])
  const lines = [
    {id: 'one', question: 'One?', relevant: ['/a#options', 'a', '/gone#x']},
    {id: 'two', question: 'Two?', relevant: ['/gone', '/lost/']},
  ]

  const {missing} = resolveGold(
    buildSections(world.build),
    parseQuestions(lines.map((line) => JSON.stringify(line)).join('\n'), 'set'),
  )
  world.close()

  expect(missing).toEqual(['one: there is no page /gone', 'two: there is no page /lost'])
})

test('repeated headings are told apart by their anchors', async () => {
  const page = samplePage('a.md', 'Volumes', [
    ['Options', 'Mount options are read first.'],
    ['Options', 'Unmount options are read last.'],
  ])
  const [first, second] = page.sections
  const world = await retrievalWorld([{...page, sections: [first!, {...second!, anchor: 'options-1'}]}])
  const sections = buildSections(world.build)
  const {questions} = resolveGold(
    sections,
    parseQuestions(
      JSON.stringify({
        question: 'unmount',
        gold: [{file: 'a.md', heading: 'Options', line: second!.startLine}],
      }),
      'set',
    ),
  )
  const current = {id: world.build.manifest.id, lease: () => ({build: world.build, release() {}})}

  const result = await evaluate({current, embedder: world.embedder, questions})
  world.close()

  expect(result.questions[0]).toMatchObject({relevant: ['/a#options-1'], rank: {section: 1}})
  const found = {pageUrl: '/a', path: 'a.md', anchor: 'options', headings: ['Options']}
  expect(ranksOf([sections.foundSection(found)], questions[0]!.relevant).section).toBeNull()
  const elsewhere = {...found, anchor: 'options-1', headings: ['Volumes', 'Options']}
  expect(ranksOf([sections.foundSection(elsewhere)], questions[0]!.relevant).section).toBe(1)
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
  const answerable = await evaluate({current, embedder: world.embedder, questions: questions.slice(0, 2)})
  const others = await evaluate({
    current,
    embedder: world.embedder,
    questions: [],
    unanswerable: questions.slice(2),
  })
  world.close()

  expect(result.metrics.section).toMatchObject({'hit@1': 0.5, 'hit@20': 0.5})
  expect(result.counts).toMatchObject({questions: 2, unanswerable: 1})
  expect(result.questions[0]!.retrieved[0]!.url).toBe('/a#mount')
  expect(Object.keys(result.abstention.aurocByKind)).toEqual(['off-topic'])
  // What was not asked was not measured.
  expect(answerable.abstention).toMatchObject({refusedAnswerable: 0, refusedUnanswerable: null})
  expect(others.abstention).toMatchObject({refusedAnswerable: null, aurocByKind: {'off-topic': null}})
})

describe('two runs', () => {
  const scores = (hit: number) => ({'hit@1': hit, 'hit@5': hit, 'mrr@10': hit})
  const run = (...hits: number[]) =>
    hits.map((hit, index) => ({
      id: `q${index}`,
      question: `Question ${index}?`,
      answerable: true,
      section: scores(hit),
      page: scores(hit),
    }))
  const asked = (set: string, id: string, answer: Record<string, number>, answerable = true) => ({
    id,
    question: `Question ${id}?`,
    answerable,
    set,
    section: answerable ? {'hit@5': 1} : null,
    page: answerable ? {'hit@5': 1} : null,
    answer,
  })

  test('are compared question by question', () => {
    const [comparison] = compareRuns(run(0, 1, 1), run(1, 0, 1, 1))

    expect(comparison).toMatchObject({won: ['q0'], lost: ['q1'], before: 2 / 3, after: 2 / 3})
    expect(comparison!.difference.value).toBe(0)
  })

  test('are compared by their answers as well, every set counting the same', () => {
    const comparisons = compareRuns(
      [
        asked('a', '1', {hold: 0}),
        asked('a', '1', {hold: 1}, false),
        ...['1', '2', '3'].map((id) => asked('b', id, {hold: 1})),
      ],
      [
        asked('a', '1', {hold: 1}),
        asked('a', '1', {hold: 1}, false),
        asked('b', '1', {hold: 1}),
        asked('b', '2', {hold: 1}),
        asked('b', '4', {hold: 0}),
      ],
    )

    expect(comparisons.find(({metric}) => metric === 'answers.hold')).toMatchObject({
      before: (0.5 + 1) / 2,
      after: 1,
      won: ['a/1'],
      lost: [],
    })
  })

  test('are told better or worse by what the figure means, and by nothing where neither is', () => {
    const compared = compareRuns(
      [asked('a', '1', {hold: 0, repeats: 0, words: 10})],
      [asked('a', '1', {hold: 1, repeats: 1, words: 20})],
      (metric) => (metric === 'answers.words' ? null : metric === 'answers.repeats' ? 'lower' : 'higher'),
    )
    const of = (name: string) => compared.find(({metric}) => metric === name)

    expect(of('answers.hold')).toMatchObject({better: 'higher', won: ['a/1'], lost: []})
    expect(of('answers.repeats')).toMatchObject({better: 'lower', won: [], lost: ['a/1']})
    expect(of('answers.words')).toMatchObject({better: null, won: [], lost: [], more: ['a/1'], fewer: []})
  })

  test('pair what has one id and asks the same, and say what is left', () => {
    const before = [...run(0, 1, 1), asked('gone', '1', {})]
    const after = run(1, 1, 1, 1).map((result) =>
      result.id === 'q2' ? {...result, question: 'Another?'} : result,
    )

    expect(pairingOf(before, after)).toEqual({paired: 2, onlyBefore: 1, onlyAfter: 2})
    expect(compareRuns(before, after)[0]).toMatchObject({before: 0.5, after: 1, won: ['q0']})
  })

  test('that share nothing have nothing to compare', () => {
    expect(compareRuns(run(1), [asked('a', '1', {hold: 1})])).toEqual([])
  })
})
