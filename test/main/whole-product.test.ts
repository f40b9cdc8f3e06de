import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {EventSource} from 'eventsource'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {silentLog} from '../../src/http/log.ts'
import {type DocentServer, openServer} from '../../src/server/index.ts'
import {settingsFrom} from '../../src/settings/settings.ts'
import {allEventsOf, eventsOf, type ReadEvent, textOf} from '../support/event-reader.ts'
import {
  blockStop,
  citationDelta,
  errorEvent,
  type FakeClaude,
  type FakeStep,
  messageDelta,
  messageStart,
  messageStop,
  ping,
  startFakeClaude,
  textDelta,
  textStart,
} from '../support/fake-claude.ts'
import {writeSampleContent} from '../support/sample-content.ts'

/** The real index, model, generators and log behind the real server; only Claude's side of the wire is played. */

let folder: string
let upstream: FakeClaude
let server: DocentServer
let url: string

const adminToken = 'admin-token-for-tests'
const question = 'How do I change the port?'

async function startServer(extra: Record<string, string> = {}): Promise<void> {
  const settings = settingsFrom({
    PORT: '0',
    CONTENT_DIR: join(folder, 'content'),
    DATA_DIR: join(folder, 'data'),
    ADMIN_TOKEN: adminToken,
    ANTHROPIC_API_KEY: 'sk-canary-key',
    ANTHROPIC_BASE_URL: upstream.url,
    // Long enough for a busy machine: the test of a stall waits for it once.
    STALL_TIMEOUT_MS: '3000',
    RATE_LIMIT_PER_MINUTE: '0',
    REQUEST_LIMIT_PER_MINUTE: '0',
    ...extra,
  })
  server = await openServer({
    settings,
    log: {...silentLog, error: (facts, message) => console.error(message, facts)},
    webDir: null,
  })
  url = (await server.http.listen()).url
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docent-whole-'))
  await writeSampleContent(join(folder, 'content'))
  upstream = await startFakeClaude()
  await startServer()
  await server.ingest({full: false}).report
  await server.close(0)
})

beforeEach(() => startServer())

afterEach(() => server.close(0))

afterAll(async () => {
  await upstream.close()
  await rm(folder, {recursive: true, force: true})
})

const ask = (body: object, init: RequestInit = {}) =>
  fetch(`${url}/api/answers`, {
    method: 'POST',
    ...init,
    headers: {'content-type': 'application/json', ...init.headers},
    body: JSON.stringify(body),
  })

const frames = (...events: readonly Parameters<typeof step>[0][]): FakeStep[] => events.map(step)

function step(event: ReturnType<typeof textDelta>): FakeStep {
  return [0, {event}]
}

async function transcriptOf(events: readonly ReadEvent[]): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/api/admin/transcripts/${events[0]!.data['answerId']}`, {
    headers: {authorization: `Bearer ${adminToken}`},
  })
  return (await response.json()) as Record<string, unknown>
}

describe('an answer by Claude', () => {
  test('whole and cited: on the wire, as JSON and in the log', async () => {
    upstream.next(
      frames(
        messageStart(),
        textStart(),
        ping(),
        textDelta('Set `port` in kettle.toml.'),
        citationDelta({searchResultIndex: 0, citedText: 'Set `port` in kettle.toml'}),
        blockStop(),
        messageDelta(),
        messageStop(),
      ),
    )

    const events = await allEventsOf(await ask({question}))
    const transcript = await transcriptOf(events)
    const snapshot = await (await fetch(`${url}/api/answers/${events[0]!.data['answerId']}`)).json()

    const types = events.map(({type}) => type)
    expect(types.slice(0, 3)).toEqual(['start', 'sources', 'delta'])
    expect(types.at(-1)).toBe('done')
    const [first] = events[1]!.data['sources'] as {url: string; anchor: string}[]
    expect(first).toMatchObject({url: '/docs/settings', anchor: 'change-the-port'})
    expect(textOf(events)).toContain('Set `port` in kettle.toml.')
    expect(events.at(-1)!.data).toMatchObject({ending: 'complete', finishReason: 'end'})
    expect(transcript).toMatchObject({
      question,
      ending: 'complete',
      text: textOf(events),
      generator: 'anthropic',
      upstreamRequestId: 'req_fake_1',
    })
    expect(transcript['events']).toHaveLength(events.length)
    expect(snapshot).toMatchObject({ending: 'complete', text: textOf(events)})
    expect(JSON.stringify([events, transcript, snapshot])).not.toContain('sk-canary-key')
  })

  const begun = [messageStart(), textStart(), textDelta('Half an '), textDelta('answer')]

  test.each<[string, FakeStep[], string, string]>([
    ['an overloaded_error in the middle', frames(...begun, errorEvent()), 'error', 'upstream_overloaded'],
    ['a cut', [...frames(...begun), [5, 'destroy']], 'error', 'upstream_cut'],
    ['a stall', [...frames(...begun), [0, 'stall']], 'timeout', 'stall_timeout'],
    ['a silent end', [...frames(...begun), [0, 'end']], 'error', 'upstream_cut'],
  ])('%s ends honestly, with the partial text kept', async (_name, steps, ending, code) => {
    upstream.next(steps)

    const events = await allEventsOf(await ask({question}))
    const transcript = await transcriptOf(events)

    expect(events.at(-1)).toMatchObject({type: 'error', data: {ending, code, retryable: true}})
    expect(textOf(events)).toBe('Half an answer')
    expect(transcript).toMatchObject({ending, text: 'Half an answer'})
    expect(events.filter(({type}) => type === 'done' || type === 'error')).toHaveLength(1)
  })

  test('a client that leaves closes the upstream request', async () => {
    const index = upstream.requests.length
    upstream.next([...frames(...begun), [0, 'stall']])
    const hangUp = new AbortController()

    const events = eventsOf(await ask({question}, {signal: hangUp.signal}))
    const first = (await events.next()).value as ReadEvent
    const request = await upstream.request(index)
    hangUp.abort()
    await request.closed

    expect(request.aborted).toBe(true)
    await expect.poll(async () => (await transcriptOf([first]))['ending']).toBe('disconnected')
  })

  test('stop closes the upstream request before its first token', async () => {
    const index = upstream.requests.length
    upstream.next([[0, {until: new Promise(() => {})}]])

    const events = eventsOf(await ask({question}))
    const first = (await events.next()).value as ReadEvent
    const request = await upstream.request(index)
    const stopped = await fetch(`${url}/api/answers/${first.data['answerId']}/stop`, {method: 'POST'})
    await request.closed
    let last: ReadEvent | null = null
    for await (const event of events) last = event

    expect(await stopped.json()).toEqual({ending: 'stopped'})
    expect(request.aborted).toBe(true)
    expect(last).toMatchObject({type: 'done', data: {ending: 'stopped'}})
  })

  test('what is not in the docs is said without asking it', async () => {
    const before = upstream.requests.length

    const events = await allEventsOf(await ask({question: 'Who won the football world cup in 1998?'}))

    expect(events.at(-1)).toMatchObject({type: 'done', data: {ending: 'abstained', abstained: true}})
    expect(events.map(({type}) => type)).toEqual(['start', 'sources', 'done'])
    expect(upstream.requests.length).toBe(before)
  })
})

describe('without a key', () => {
  test('the answer quotes the docs, with citations that hold', async () => {
    await server.close(0)
    await startServer({ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: ''})

    const response = await ask({question}, {headers: {accept: 'application/json'}})
    const answer = (await response.json()) as {
      ending: string
      text: string
      sources: {n: number}[]
      citations: {n: number; start: number; end: number}[]
    }

    expect(answer.ending).toBe('complete')
    expect(answer.text).toContain('port')
    expect(answer.citations.length).toBeGreaterThan(0)
    for (const {n, start, end} of answer.citations) {
      expect(answer.sources.map((source) => source.n)).toContain(n)
      expect(answer.text.slice(start, end).trim()).not.toBe('')
    }
  })
})

describe('a browser’s EventSource', () => {
  test('reads an answer, comes back by itself after a cut, and stops at the end', async () => {
    await server.close(0)
    await startServer({STALL_TIMEOUT_MS: '60000'})
    let goOn: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    upstream.next([
      ...frames(messageStart(), textStart(), textDelta('One. ')),
      [0, {until: held}],
      ...frames(textDelta('Two.'), blockStop(), messageDelta(), messageStop()),
    ])
    const hangUp = new AbortController()
    const events = eventsOf(await ask({question, resumable: true}, {signal: hangUp.signal}))
    const first = (await events.next()).value as ReadEvent
    const source = new EventSource(`${url}/api/answers/${first.data['answerId']}/events`)
    const seen: string[] = []
    let opened = 0
    source.addEventListener('open', () => opened++)
    for (const type of ['start', 'sources', 'delta', 'done']) {
      source.addEventListener(type, (event) =>
        seen.push(`${(event as MessageEvent).lastEventId.split(':')[1]} ${type}`),
      )
    }

    await expect.poll(() => seen).toContain('3 delta')
    hangUp.abort()
    // As a proxy that gives up would: every connection is cut, the answer goes on.
    server.http.server.closeAllConnections()
    await expect.poll(() => opened, {timeout: 10_000}).toBe(2)
    goOn()
    await expect.poll(() => seen.at(-1), {timeout: 10_000}).toMatch(/done$/)
    // It reconnects after the end, as EventSource does, and is told 204.
    await expect.poll(() => source.readyState, {timeout: 10_000}).toBe(source.CLOSED)

    expect(seen).toEqual(['1 start', '2 sources', '3 delta', '4 delta', '5 done'])
  })
})
