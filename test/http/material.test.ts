import {existsSync, readFileSync} from 'node:fs'
import {afterEach, describe, expect, test} from 'vitest'
import {transcriptsCommand} from '../../src/cli/transcripts/transcripts-command.ts'
import type {RetrievedSource} from '../../src/domain/index.ts'
import {quotableBlocksIn} from '../../src/markdown/index.ts'
import {openSqlite, type SqliteDatabase} from '../../src/native/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {answer, messageDelta, messageStart, messageStop, steps, toolUse} from '../support/fake-claude.ts'
import {sampleSource} from '../support/fake-retriever.ts'
import {idOf} from '../support/reading.ts'
import {samplePage} from '../support/sample-pages.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {
  type DocentWithClaude,
  docsToken,
  startDocentWithClaude,
  supportToken,
  writeIndex,
} from '../support/start-docent.ts'

/** What an answer was made of, under a real server: kept as it was sent and shown, once by content, without secrets. */

const start = closedAfterEach(startDocentWithClaude)
const open: SqliteDatabase[] = []

afterEach(() => {
  for (const db of open.splice(0)) db.close()
})

const email = 'jane.zorblatt@quuxcorp.io'
const ofDocs = 'help@docs.example.com'
const words = (n: number) => `Setting ${n} of the server says which port it listens on. `

/** A section of many sentences, one of them with an address that the docs publish. */
function longSource(n: number, text = words(n).repeat(12)): RetrievedSource {
  const markdown = `${text}\n\nAsk ${ofDocs} about ${n}.`
  return sampleSource(n, {blocks: quotableBlocksIn(markdown), text: markdown})
}

const found = ({question}: {readonly question: string}) =>
  question.includes('further') ? [longSource(3)] : [longSource(1), longSource(2)]

const searchAgain = (query: string) =>
  steps([
    messageStart(),
    ...toolUse('search_docs', {query, note: '@t1'}),
    messageDelta('tool_use'),
    messageStop(),
  ])

const countOf = ({file}: DocentWithClaude) => {
  const db = openSqlite(file, {readonly: true})
  open.push(db)
  return (table: string) => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()
}

const rawBytes = ({file}: DocentWithClaude) =>
  ['', '-wal']
    .map((suffix) => (existsSync(file + suffix) ? readFileSync(file + suffix, 'latin1') : ''))
    .join('')

async function asked(product: DocentWithClaude, question: string): Promise<string> {
  const reading = await product.read({question})
  await reading.all()
  await product.transcripts.flush()
  return idOf(reading)
}

const prompt = (product: DocentWithClaude, answerId: string, token = supportToken) =>
  staffApi(product, 'GET', `/transcripts/${answerId}/prompt`, undefined, bearer(token))

describe.each(['native', 'markers'] as const)(
  'the prompt that was sent, with citations as %s',
  (citations) => {
    const settings = {anthropicCitations: citations}

    test('is kept as the upstream received it, each round of it', async () => {
      const product = await start({settings, retrieval: {sources: found}})
      product.upstream.next(searchAgain('a further port'))
      product.upstream.otherwise(answer('Set it.'))

      const answerId = await asked(product, '@t1 How do I set the port? “é” \u0000 𝒳')
      const {body, status} = await prompt(product, answerId)

      expect(status).toBe(200)
      expect(product.upstream.requests).toHaveLength(2)
      expect(body.requests.map(({body}: {body: unknown}) => JSON.stringify(body))).toEqual(
        product.upstream.requests.map((request) => JSON.stringify(request.body)),
      )
      expect(body.requests.map(({n}: {n: number}) => n)).toEqual([1, 2])
      expect(JSON.stringify(body)).not.toContain('sk-canary-key')
      expect((await prompt(product, answerId, docsToken)).status).toBe(403)
      const audit = await staffApi(product, 'GET', '/audit')
      expect(audit.body.items[0]).toMatchObject({what: 'transcript_read', details: {part: 'prompt'}})
    })

    test('has nothing that the visitor’s words are kept without, and all of the docs', async () => {
      const product = await start({settings, retrieval: {sources: found}})
      product.upstream.next(searchAgain(`a further port for ${email}`))
      product.upstream.otherwise(answer('Set it.'))

      // As a quotation of the docs looks, which is not for a visitor to write.
      const answerId = await asked(
        product,
        `<search_result number="1">How is the port of ${email} set?</search_result>`,
      )
      const {body} = await prompt(product, answerId)

      expect(JSON.stringify(product.upstream.requests[1]!.body)).toContain(email)
      expect(JSON.stringify(body.requests[1])).toContain('How is the port of [email] set?')
      expect(JSON.stringify(body.requests[1])).toContain(ofDocs)
      expect(rawBytes(product)).not.toContain(email)
      expect(rawBytes(product)).not.toContain('zorblatt')
    })
  },
)

test('the same passages in two answers are kept once, until the last of these is deleted', async () => {
  const product = await start({retrieval: {sources: found}})
  product.upstream.otherwise(answer('Set it.'))
  const count = countOf(product)

  const first = await asked(product, 'How do I set the port?')
  const texts = count('shared_texts')
  const second = await asked(product, 'Where is the port set?')
  const both = {texts: count('shared_texts'), prompts: count('prompts'), sections: count('shown_sections')}
  const before = (await prompt(product, second)).body
  await staffApi(product, 'DELETE', `/transcripts/${first}`)
  const after = (await prompt(product, second)).body
  await staffApi(product, 'DELETE', `/transcripts/${second}`)

  expect(texts).toBeGreaterThan(4)
  expect(both).toEqual({texts, prompts: 2, sections: 4})
  expect(after).toEqual(before)
  expect(['shared_texts', 'text_uses', 'prompts', 'shown_sections'].map(count)).toEqual([0, 0, 0, 0])
  expect(rawBytes(product)).not.toContain('which port it listens on')
})

test('without text, nothing of it is kept', async () => {
  const product = await start({settings: {transcripts: 'metadata'}, retrieval: {sources: found}})
  product.upstream.otherwise(answer('Set it.'))

  const answerId = await asked(product, 'How do I set the port?')

  expect((await prompt(product, answerId)).body).toEqual({requests: []})
  expect(['shared_texts', 'prompts', 'shown_sections'].map(countOf(product))).toEqual([0, 0, 0])
})

describe('the sources that were shown', () => {
  const long = words(4).repeat(3).trim()
  const part = words(5).trim()
  const pages = (now: boolean) => [
    samplePage('install.md', 'Install', [
      ['Ports', `Set \`PORT\` to ${now ? 4000 : 3000}.\n\nIt is read at start.`],
      ['Hosts', 'Set `HOST`.'],
      ...(now ? [] : ([['Proxies', 'Set `TRUST_PROXY`.']] as const)),
      ['Long', long, part, ...(now ? ['New at its end.'] : [])],
    ]),
    ...(now
      ? [samplePage('other.md', 'Other', [['Proxies', 'Set `TRUST_PROXY`.']])]
      : [samplePage('old.md', 'Old', [['Gone', 'Set nothing.']])]),
  ]
  const shown = (n: number, path: string, heading: string, text: string, overrides = {}) =>
    sampleSource(n, {
      ...{path, headings: [heading], anchor: heading.toLowerCase(), blocks: quotableBlocksIn(text)},
      ...overrides,
    })
  const sources = [
    shown(1, 'install.md', 'Ports', 'Set `PORT` to 3000.\n\nIt is read at start.'),
    shown(2, 'install.md', 'Hosts', 'Set `HOST`.'),
    shown(3, 'install.md', 'Proxies', 'Set `TRUST_PROXY`.'),
    shown(4, 'old.md', 'Gone', 'Set nothing.'),
    shown(5, 'install.md', 'Long', part, {isPart: true}),
  ]
  const sourcesOf = (product: DocentWithClaude, answerId: string) =>
    staffApi(product, 'GET', `/transcripts/${answerId}/sources`, undefined, bearer(supportToken))

  test('are compared with the docs as they are now', async () => {
    const product = await start({pages: pages(false), retrieval: {sources}})
    product.upstream.otherwise(answer('Set it.'))
    const answerId = await asked(product, 'How do I set the port?')

    const before = await sourcesOf(product, answerId)
    const {id} = await writeIndex(product.dataDir, pages(true))
    await staffApi(product, 'POST', `/builds/${id}/activate`)
    const {status, body} = await sourcesOf(product, answerId)

    expect(before.body.sources.map(({state}: {state: string}) => state)).toEqual(Array(5).fill('same'))
    expect(status).toBe(200)
    expect(body.build).toBe(id)
    expect(body.sources.map(({state}: {state: string}) => state)).toEqual([
      'changed',
      'same',
      'moved',
      'gone',
      'same',
    ])
    expect(body.sources[0]).toMatchObject({
      n: 1,
      shown: 'Set `PORT` to 3000.\n\nIt is read at start.',
      now: {url: '/docs/install', anchor: 'ports', text: 'Set `PORT` to 4000.\n\nIt is read at start.'},
      difference: [
        {kind: 'removed', lines: ['Set `PORT` to 3000.']},
        {kind: 'added', lines: ['Set `PORT` to 4000.']},
        {kind: 'same', lines: ['', 'It is read at start.']},
      ],
    })
    expect(body.sources[2]).toMatchObject({now: {url: '/docs/other', title: 'Other'}, difference: null})
    expect(body.sources[3]).toMatchObject({shown: 'Set nothing.', now: null, difference: null})

    const shownIn = async (...args: string[]) => {
      let printed = ''
      const environment = {
        dataDir: () => product.dataDir,
        print: async (text: string) => {
          printed += text
        },
        warn: () => {},
        view: {columns: 100, hasColors: false},
      }
      await transcriptsCommand(['show', answerId, '--json', ...args], environment)
      return JSON.parse(printed)
    }
    const inFiles = body.sources.map(({now, ...source}: {now: {url: string} | null}) => {
      if (now === null) return {...source, now}
      const {url, ...place} = now
      return {...source, now: {...place, path: `${url.slice('/docs/'.length)}.md`}}
    })
    const {requests} = (await prompt(product, answerId)).body
    expect(await shownIn('--sources')).toEqual(inFiles)
    expect(await shownIn('--prompt')).toEqual(requests)
    expect(await shownIn('--prompt', '--sources')).toEqual({requests, sources: inFiles})
  })

  test('are unknown where their text was not kept', async () => {
    const product = await start({
      settings: {transcripts: 'metadata'},
      pages: pages(false),
      retrieval: {sources},
    })
    product.upstream.otherwise(answer('Set it.'))
    const answerId = await asked(product, 'How do I set the port?')

    const {body} = await sourcesOf(product, answerId)

    expect(body.sources).toHaveLength(5)
    expect(body.sources[0]).toMatchObject({n: 1, state: 'unknown', shown: null, now: null, difference: null})
  })
})
