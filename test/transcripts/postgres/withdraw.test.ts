import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {refOf} from '../../../src/answers/ids.ts'
import {type AnswerEvent, noUsage, type SequencedEvent, shownSource} from '../../../src/domain/index.ts'
import {openSqlite} from '../../../src/native/index.ts'
import {openPostgres, type Postgres} from '../../../src/postgres/index.ts'
import {eventsOf} from '../../../src/transcripts/event-rows.ts'
import {withdrawPageFromPostgres} from '../../../src/transcripts/postgres/withdraw.ts'
import {withdrawPage} from '../../../src/transcripts/withdraw-page.ts'
import {sampleSource} from '../../support/fake-retriever.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../../support/postgres.ts'
import {appendEvent, beginAnswer, openForTest, temporaryFile} from '../samples.ts'
import {migrated, storeAnswer, storedRows} from './stored-answers.ts'

const secret = sampleSource(1, {text: 'The word is plumbago.', snippet: 'plumbago'})
const page = secret.url
const at = 1_700_000_000_000

interface Sample {
  readonly id: string
  readonly conversation?: string
  readonly facts?: object
  readonly page?: {readonly url: string; readonly title: string; readonly section: null}
  readonly ending?: 'complete' | null
  readonly events: readonly AnswerEvent[]
}

const shows = (...numbers: number[]): AnswerEvent => ({
  type: 'sources',
  round: 1,
  query: 'What did plumbago mean?',
  linkHosts: [numbers.includes(1) ? 'plumbago.example' : 'example.com'],
  sources: numbers.map((n) => shownSource(n === 1 ? secret : sampleSource(n))),
})
const says = (text: string): AnswerEvent => ({type: 'delta', text})
const cites = (n: number): AnswerEvent => ({
  type: 'citation',
  n,
  start: 0,
  end: 3,
  quote: n === 1 ? 'plumbago' : 'on',
})

/** Each way in which an answer may have a page, and some in which it has not. */
const samples: readonly Sample[] = [
  {
    id: 'rested',
    conversation: 'c',
    facts: {notes: ['An earlier note.']},
    events: [shows(1, 2), says('Plum'), says('bago.'), cites(1)],
  },
  {
    id: 'later',
    conversation: 'c',
    events: [
      {
        type: 'tool',
        id: 't',
        name: 'search_docs',
        status: 'done',
        input: {query: 'plumbago'},
        summary: 'plumbago',
      },
      shows(2),
      says('Set it.'),
      cites(2),
    ],
  },
  {id: 'cites-another', events: [shows(1, 2), says('Set it.'), cites(2)]},
  {id: 'cites-nothing', events: [shows(1, 2), says('Set it.')]},
  {id: 'considered', facts: {considered: [shownSource(secret)]}, events: [shows(2), says('No.')]},
  {id: 'was-there', page: {url: `${page}#top`, title: 'Plumbago', section: null}, events: [says('No.')]},
  {id: 'another', events: [shows(2), says('Set it.'), cites(2)]},
  {id: 'running', ending: null, events: [shows(1), says('Plumb')]},
]

function sequenced({id, events, ending = 'complete'}: Sample): SequencedEvent[] {
  const start: AnswerEvent = {
    ...{type: 'start', answerId: id, conversationId: null, ref: refOf(id), build: 'build-1'},
    ...{generator: 'scripted', model: 'script', embedding: 'test'},
  }
  const done: AnswerEvent = {
    ...{type: 'done', ending: 'complete', abstained: false, usage: noUsage},
    timings: {sourcesMs: 1, firstTokenMs: 2, longestStallMs: 3, totalMs: 4},
    nearest: [{title: 'Plumbago', url: page}],
  }
  // The page near an abstention counts, too: only those that have it otherwise end with it.
  const {nearest: _, ...plain} = done
  const last = ending === null ? [] : [id === 'rested' ? done : plain]
  return [start, ...events, ...last].map((event, index) => ({seq: index + 1, at: 1_000 + index, event}))
}

const textOf = ({events}: Sample) =>
  events.flatMap((event) => (event.type === 'delta' ? event.text : [])).join('')

describe.skipIf(!hasPostgres)('a page is withdrawn from PostgreSQL', () => {
  let cluster: PostgresCluster
  let postgres: Postgres
  let other: Postgres

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  beforeEach(async () => {
    const url = await cluster.newDatabase()
    postgres = await migrated(await openPostgres({url}))
    other = await openPostgres({url, statementMs: 300_000})
  })
  afterEach(async () => {
    await postgres.close()
    await other.close()
  })

  async function storeAll(): Promise<void> {
    for (const sample of samples) {
      await storeAnswer(postgres, sample.id, {
        ...sample,
        ...{startedAt: 1_000, text: textOf(sample), events: sequenced(sample)},
        texts: sample.id === 'another' ? ['Of both.'] : ['Of both.', `Of ${sample.id}.`],
        cited: sample.events.flatMap((event) =>
          event.type === 'citation' ? (event.n === 1 ? page : sampleSource(2).url) : [],
        ),
      })
    }
  }

  interface Stored {
    readonly id: string
    readonly text: string
    readonly facts: string
    readonly page: string | null
    readonly events: readonly SequencedEvent[]
  }

  async function storedInPostgres(): Promise<Stored[]> {
    const rows = await postgres.rows<Omit<Stored, 'events'> & {readonly row: number}>(
      'SELECT row, id, text, facts, page FROM docent.answers ORDER BY row',
    )
    return Promise.all(
      rows.map(async ({row, ...rest}) => ({
        ...rest,
        events: eventsOf(
          await postgres.rows('SELECT * FROM docent.events WHERE answer = $1 ORDER BY seq', [row]),
        ),
      })),
    )
  }

  function storedInSqlite(file: string): Stored[] {
    const db = openSqlite(file, {readonly: true})
    const rows = db
      .prepare<[], Omit<Stored, 'events'> & {readonly row: number}>(
        'SELECT row, id, text, facts, page FROM answers ORDER BY row',
      )
      .all()
    const events = db.prepare<
      [number],
      Parameters<typeof eventsOf>[0] extends Iterable<infer Row> ? Row : never
    >('SELECT seq, last_seq, at, data, pieces FROM events WHERE answer = ? ORDER BY seq')
    const stored = rows.map(({row, ...rest}) => ({...rest, events: eventsOf(events.all(row))}))
    db.close()
    return stored
  }

  test('with the same result as from SQLite', async () => {
    await storeAll()
    const file = temporaryFile()
    const transcripts = openForTest({file})
    for (const sample of samples) {
      const {id, conversation = `conversation-of-${id}`, facts, page = null} = sample
      beginAnswer(transcripts, id, {conversation, page, startedAt: 1_000})
      if (facts !== undefined) transcripts.note(id, facts)
      for (const event of sequenced(sample)) appendEvent(transcripts, id, event)
    }
    await transcripts.flush()
    const options = {waitMs: 1, now: () => at}
    expect(await storedInPostgres()).toEqual(storedInSqlite(file))

    for (const isDryRun of [true, false, false]) {
      const {isErased: _, ...expected} = await withdrawPage(file, [page], {...options, isDryRun})
      const {isErased: __, ...found} = await withdrawPageFromPostgres(postgres, [page], {
        ...options,
        isDryRun,
      })
      expect(found).toEqual(expected)
      expect(await storedInPostgres()).toEqual(storedInSqlite(file))
    }

    const [rested, later] = await storedInPostgres()
    expect(rested).toMatchObject({id: 'rested', text: ''})
    expect(JSON.stringify([rested, later])).not.toMatch(/plumbago/i)
  }, 120_000)

  test('and leaves nothing of it in prompts, filters, words and sums', async () => {
    await storeAll()
    await postgres.run('INSERT INTO docent.page_days VALUES (1, $1, 1, 1, 0, 0, 0), (1, $2, 1, 1, 0, 0, 0)', [
      page,
      '/docs/page-2',
    ])
    await postgres.run("UPDATE docent.answers SET words = to_tsvector('simple', text)")
    const before = await storedRows(postgres)

    await withdrawPageFromPostgres(postgres, [page], {waitMs: 1})

    expect(await postgres.rows('SELECT page FROM docent.page_days')).toEqual([{page: '/docs/page-2'}])
    expect(
      await postgres.rows('SELECT id FROM docent.answers WHERE $1 = ANY(cited) AND ending IS NOT NULL', [
        page,
      ]),
    ).toEqual([])
    expect(await postgres.rows("SELECT id FROM docent.answers WHERE words @@ 'plumbago'::tsquery")).toEqual(
      [],
    )
    const prompts = await postgres.rows(
      'SELECT id FROM docent.prompts JOIN docent.answers ON row = answer ORDER BY row',
    )
    expect(prompts).toEqual([{id: 'another'}, {id: 'running'}])
    const unused = 'SELECT id FROM docent.shared_texts WHERE id NOT IN (SELECT text FROM docent.text_uses)'
    expect(await postgres.rows(unused)).toEqual([])
    expect(await storedRows(postgres)).toMatchObject({
      answers: before['answers'],
      claimed_keys: before['claimed_keys'],
    })
  })

  test('while others withdraw it as well, each answer counted and noted once', async () => {
    await storeAll()
    const both = await Promise.all(
      [postgres, other].map((pool) => withdrawPageFromPostgres(pool, [page], {waitMs: 1, now: () => at})),
    )
    const once = (await storedInPostgres()).filter(({facts}) => facts.includes('was withdrawn on'))
    expect(both[0]!.answers + both[1]!.answers).toBe(once.length)
    for (const {facts} of once) expect(facts.split('was withdrawn on')).toHaveLength(2)
  }, 120_000)

  test('from an answer that ends meanwhile, after a wait', async () => {
    await storeAll()
    const waits: number[] = []
    const result = await withdrawPageFromPostgres(postgres, [page], {
      onWait(running) {
        waits.push(running)
        void other.run("UPDATE docent.answers SET ending = 'stopped', text = 'Plumb' WHERE id = 'running'")
      },
    })
    expect(waits).toEqual([1])
    expect(result).toMatchObject({running: 0})
    expect((await storedInPostgres()).find(({id}) => id === 'running')).toMatchObject({text: ''})
  }, 120_000)
})
