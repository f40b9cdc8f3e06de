import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {type Embedder, openEmbedder} from '../../src/embedding/index.ts'
import {openGroupingStore} from '../../src/gaps/grouping/grouping-store.ts'
import {keepGrouping} from '../../src/gaps/grouping/keep-grouping.ts'
import {reasonOf} from '../../src/gaps/grouping/reasons.ts'
import {runGrouping} from '../../src/gaps/grouping/run-grouping.ts'
import {noteSections, placeKeyOf} from '../../src/gaps/grouping/section-history.ts'
import {standingOf} from '../../src/gaps/grouping/standing.ts'
import {type Gaps, openGaps, openGapsProcess} from '../../src/gaps/index.ts'
import {openSqlite} from '../../src/native/index.ts'
import type {BuildRecords, Manifest} from '../../src/search-index/index.ts'
import {openTranscripts, type Transcripts} from '../../src/transcripts/open-transcripts.ts'
import {addPastAnswers, type PastAnswer} from '../support/past-answers.ts'
import {paraphrases} from './paraphrases.ts'

let model: Promise<Embedder> | null = null
const shipped = () => {
  model ??= openEmbedder({model: null})
  return model
}
afterAll(async () => (await model)?.close())

let folder: string
let transcripts: Transcripts
let gaps: Gaps
const file = (name: string) => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docent-gaps-'))
  transcripts = openTranscripts({file: file('transcripts.sqlite')})
  gaps = openGaps({file: file('gaps.sqlite')})
})
afterEach(async () => {
  gaps.close()
  await transcripts.close()
  rmSync(folder, {recursive: true, force: true})
})

const task = () => ({
  transcripts: file('transcripts.sqlite'),
  gaps: file('gaps.sqlite'),
  build: null,
  siteUrl: null,
  budgetMs: 60_000,
})
const run = async (embedder?: Embedder) => runGrouping(task(), embedder ?? (await shipped()))

const unanswered = (question: string, more: Partial<PastAnswer> = {}): PastAnswer => ({
  question,
  startedAt: Date.now(),
  ending: 'abstained',
  ...more,
})

async function listed() {
  const {items} = await gaps.list({}, {sort: 'size', cursor: null, limit: 200})
  return items
}

async function wordsIn(gap: string): Promise<string[]> {
  const refs = (await gaps.questions(gap, 200)).map(({ref}) => ref)
  return (await transcripts.asked(refs)).map(({question}) => question)
}

test('the shipped model groups what people put in other words, and little else', async () => {
  const groupOf = new Map(
    paraphrases.flatMap(([, ...all], index) => all.map((question) => [question, index])),
  )
  // Asked one after another, the same question never twice in a row.
  const questions = [1, 2, 3].flatMap((turn) => paraphrases.map((group) => group[turn]!))
  await addPastAnswers(
    transcripts,
    questions.map((question, index) => unanswered(question, {startedAt: 1_000_000 + index})),
  )
  expect(await run()).toBe(true)

  let together = 0
  let right = 0
  let count = 0
  for (const {id} of await listed()) {
    const groups = (await wordsIn(id)).map((question) => groupOf.get(question))
    count += groups.length
    for (const [index, one] of groups.entries())
      for (const other of groups.slice(index + 1)) {
        together++
        if (one === other) right++
      }
  }
  expect(count).toBe(questions.length)
  // Each can be found by its words.
  const searchable = (await gaps.searchable({})).flatMap(({refs}) => [...refs])
  expect(new Set(searchable).size).toBe(questions.length)
  expect(right / together).toBeGreaterThan(0.8)
  expect(right / (paraphrases.length * 3)).toBeGreaterThan(0.4)
})

test('the name of the product, which is in every question, makes no two alike', async () => {
  const asked = [
    ['Does Ferrox work with Alexa?', 'Ferrox Alexa skill'],
    ['What is the warranty of Ferrox?', 'How long is the Ferrox warranty?'],
    ['Does Ferrox have a camera?'],
    ['Can Ferrox heat the greenhouse?'],
    ['Can Ferrox detect frost?'],
    ['Can I use Ferrox with solar panels?'],
  ]
  await addPastAnswers(
    transcripts,
    asked.flat().map((question, index) => unanswered(question, {startedAt: Date.now() - index})),
  )
  await run()

  const found = await Promise.all((await listed()).map(async ({id}) => (await wordsIn(id)).toSorted()))
  expect(found.length).toBeGreaterThanOrEqual(asked.length)
  expect(found).toContainEqual(asked[1]!.toSorted())
})

test('gaps keep their ids while questions come and go, also with another model', async () => {
  await addPastAnswers(transcripts, [
    unanswered('How do I add Tailwind to my app?'),
    unanswered('What does the cloud cost per month?'),
  ])
  await run()
  const before = new Map((await listed()).map(({id, titleRef}) => [titleRef, id]))
  expect(before.size).toBe(2)

  const [added = ''] = await addPastAnswers(transcripts, [unanswered('add tailwind')])
  await run()
  const gap = (await listed())[0]!
  expect(gap).toMatchObject({size: 2, conversations: 2})
  expect([...before.values()]).toContain(gap.id)

  const {name, dimensions} = await shipped()
  const renamed: Embedder = {
    ...{id: 'another-model', name, dimensions},
    embedPassages: async (texts) => (await shipped()).embedPassages(texts),
    embedQuery: async (text) => (await shipped()).embedQuery(text),
    close: async () => {},
  }
  await run(renamed)
  expect(await listed()).toMatchObject([{id: gap.id, size: 2}, {size: 1}])

  await transcripts.delete(added)
  await run(renamed)
  expect((await listed()).map(({size}) => size)).toEqual([1, 1])
})

test('what counts, and for which reason', async () => {
  const [good = '', stopped = '', liked = '', disliked = ''] = await addPastAnswers(transcripts, [
    unanswered('Where is the log of the proxy?', {ending: 'stopped'}),
    unanswered('Which font does the editor use?', {ending: 'stopped', firstTokenMs: null}),
    unanswered('How large may a file be?', {ending: 'complete', rating: 'up'}),
    unanswered('Can two people edit at once?', {ending: 'complete', rating: 'down'}),
  ])
  await transcripts.setReview(good, {verdict: 'good', note: null, correctedAnswer: null, by: 'Ada'})
  await run()
  const reasonsOf = async () => {
    const found = await Promise.all(
      (await listed()).map(async ({id, reasons}) => [
        (await wordsIn(id))[0],
        Object.entries(reasons).find(([, count]) => count > 0)?.[0],
      ]),
    )
    return Object.fromEntries(found) as Record<string, string>
  }
  expect(await reasonsOf()).toEqual({
    'Which font does the editor use?': 'left',
    'Can two people edit at once?': 'disliked',
  })

  const review = {note: null, correctedAnswer: null, by: 'Ada'}
  await transcripts.setReview(liked, {...review, verdict: 'wrong'})
  await transcripts.setReview(disliked, {...review, verdict: 'should_abstain'})
  await transcripts.setReview(stopped, {...review, verdict: 'good'})
  await run()
  expect(await reasonsOf()).toEqual({
    'How large may a file be?': 'failedReview',
    'Can two people edit at once?': 'failedReview',
  })
})

test('the strongest reason counts, and a review of “good” leaves only what was not answered', () => {
  const facts = {
    ending: 'complete',
    isAbstained: false,
    rating: null,
    isMissing: false,
    verdict: null,
  } as const
  expect(reasonOf(facts, false)).toBeNull()
  expect(reasonOf(facts, true)).toBe('partly')
  expect(reasonOf({...facts, ending: 'stopped'}, true)).toBe('partly')
  expect(reasonOf({...facts, isMissing: true}, true)).toBe('disliked')
  expect(reasonOf({...facts, isAbstained: true, rating: 'down', verdict: 'good'}, true)).toBe('abstained')
  expect(reasonOf({...facts, rating: 'down', verdict: 'good'}, true)).toBeNull()
})

test('severity weighs conversations, by the strongest reason in each, and older ones half', () => {
  const now = 100 * 24 * 60 * 60 * 1000
  const asked = (conversation: number, reason: 'abstained' | 'left', daysAgo = 1) => ({
    conversation: `c${conversation}`,
    askedAt: now - daysAgo * 24 * 60 * 60 * 1000,
    lang: conversation === 0 ? 'de' : 'en',
    version: null,
    reason,
    isElsewhere: conversation < 2,
  })
  const five = [0, 1, 2, 3, 4].map((conversation) => asked(conversation, 'abstained'))
  expect(standingOf(five, now)).toMatchObject({severity: 'high', recent: 5, lang: 'en', scope: 'here'})
  const once = five.map((question) => ({...question, conversation: 'same'}))
  expect(standingOf(once, now)).toMatchObject({severity: 'low', size: 5, conversations: 1})
  const old = five.map((question) => ({...question, askedAt: now - 40 * 24 * 60 * 60 * 1000}))
  expect(standingOf(old, now)).toMatchObject({severity: 'medium', recent: 0, before: 0})
  const left = [asked(0, 'left'), asked(1, 'left', 10)]
  expect(standingOf(left, now)).toMatchObject({severity: 'low', before: 1, scope: 'elsewhere'})
})

test('a grouping that is killed leaves a store that the next one goes on with', async () => {
  const count = 3_000
  const words = ['proxy', 'font', 'cloud', 'editor', 'invoice', 'login', 'chart', 'backup', 'theme', 'plugin']
  await addPastAnswers(
    transcripts,
    Array.from({length: count}, (_, index) =>
      unanswered(
        `How do I use the ${words[index % 10]} with the ${words[Math.floor(index / 10) % 10]}, part ${index}?`,
      ),
    ),
  )
  const groups = openGapsProcess({model: null, cacheDir: file('models')})
  const store = openGroupingStore({file: file('gaps.sqlite')})
  try {
    const killed = expect(groups.group(task())).rejects.toMatchObject({code: 'shutting_down'})
    await vi.waitFor(async () => expect((await store.questions()).length).toBeGreaterThan(0), {
      timeout: 60_000,
      interval: 5,
    })
    await groups.close()
    await killed
    expect((await store.questions()).length).toBeLessThan(count)

    expect(await run()).toBe(true)
    const db = openSqlite(file('gaps.sqlite'))
    expect(db.pragma('integrity_check', {simple: true})).toBe('ok')
    db.close()
    expect(await store.questions()).toHaveLength(count)
    const sizes = (await listed()).map(({size}) => size)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count)
  } finally {
    await groups.close()
    store.close()
  }
})

test('what a newer Docent wrote is refused and left as it is', () => {
  const db = openSqlite(file('gaps.sqlite'))
  db.prepare('INSERT INTO migrations (name, applied_at) VALUES (?, ?)').run('999_later', '')
  db.close()
  expect(() => openGaps({file: file('gaps.sqlite')})).toThrow(/newer Docent/)
})

describe('which sections are new or have changed', () => {
  const build = (id: string, pages: Readonly<Record<string, string>>, chunker = '1') => ({
    manifest: {id, chunker} as Manifest,
    records: {
      digests: () => Object.keys(pages).map((path) => ({path})),
      sectionTexts: (path: string) => [{anchor: 'a', headings: ['A'], text: pages[path]!}],
    } as unknown as BuildRecords,
  })

  test('is known since the second build; what moved or is read differently is neither', async () => {
    const store = openGroupingStore({file: file('gaps.sqlite')})
    const stateOf = async (path: string) => {
      const {isNew, since} = (await store.sections()).get(placeKeyOf({path, anchor: 'a'})) ?? {}
      return [isNew, since]
    }
    try {
      await noteSections(store, build('1', {one: 'One.', two: 'Two.', old: 'Old.'}), 100)
      expect(await stateOf('one')).toEqual([false, 0])
      await noteSections(store, build('2', {one: 'Other.', two: 'Two.', moved: 'Old.', three: 'Three.'}), 200)
      expect(await stateOf('one')).toEqual([false, 200])
      expect(await stateOf('two')).toEqual([false, 0])
      expect(await stateOf('moved')).toEqual([false, 0])
      expect(await stateOf('old')).toEqual([undefined, undefined])
      expect(await stateOf('three')).toEqual([true, 200])
      await noteSections(store, build('3', {one: 'Other', two: 'Two', four: 'Four'}, '2'), 300)
      expect(await stateOf('one')).toEqual([false, 200])
      expect(await stateOf('two')).toEqual([false, 0])
      expect(await stateOf('four')).toEqual([true, 300])
    } finally {
      store.close()
    }
  })
})

describe('when questions are grouped', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('at start if due, every hour, on request, and one at a time', async () => {
    let running = 0
    let runs = 0
    const ends: (() => void)[] = []
    const grouping = keepGrouping({
      async group() {
        runs++
        expect(++running).toBe(1)
        await new Promise<void>((resolve) => ends.push(resolve))
        running--
        return true
      },
      asOf: async () => Date.now() - 60_000,
      onProblem: () => expect.unreachable(),
    })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(runs).toBe(0)
    await vi.advanceTimersByTimeAsync(60 * 60_000)
    expect(runs).toBe(1)
    const asked = [grouping.request(), grouping.request(), grouping.settled()]
    expect(grouping.isPending).toBe(true)
    ends.shift()!()
    await vi.advanceTimersByTimeAsync(0)
    expect(runs).toBe(2)
    ends.shift()!()
    await Promise.all(asked)
    expect(grouping.isPending).toBe(false)
    grouping.close()
    await vi.advanceTimersByTimeAsync(3 * 60 * 60_000)
    expect(runs).toBe(2)
  })

  test('every hour by one of those that share the gaps, unless somebody has just done so', async () => {
    let asOf = Date.now()
    const runs: string[] = []
    const keep = (name: string) =>
      keepGrouping({
        async group() {
          runs.push(name)
          asOf = Date.now()
          return true
        },
        asOf: async () => asOf,
        onProblem: () => expect.unreachable(),
        isShared: true,
      })
    const one = keep('one')
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    const other = keep('other')
    await vi.advanceTimersByTimeAsync(3 * 60 * 60_000)
    expect(runs).toEqual(['one', 'one', 'one'])
    one.close()
    await vi.advanceTimersByTimeAsync(2 * 60 * 60_000)
    expect(runs).toEqual(['one', 'one', 'one', 'other', 'other'])
    other.close()
  })
})
