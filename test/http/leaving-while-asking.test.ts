import type {Server} from 'node:http'
import {afterEach, expect, test} from 'vitest'
import {createAnswering} from '../../src/answering/create-answering.ts'
import {openGaps} from '../../src/gaps/index.ts'
import {createHttpServer} from '../../src/http/http-server.ts'
import {memoryLimits} from '../../src/http/limits/memory-limits.ts'
import {silentLog} from '../../src/http/log.ts'
import {createMetrics} from '../../src/http/metrics.ts'
import {settingsFrom} from '../../src/settings/settings.ts'
import {openStaffStore} from '../../src/staff/index.ts'
import {openVerifiedAnswers} from '../../src/verified/index.ts'
import {slowJournal} from '../answering/slow-journal.ts'
import {fakeRetriever} from '../support/fake-retriever.ts'
import {handGenerator} from '../support/hand-generator.ts'
import {rawClient} from '../support/raw-client.ts'
import {connect} from '../support/socket-client.ts'
import {openForTest} from '../transcripts/samples.ts'

const patiently = {timeout: 30_000}
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server whose journal does not take an answer until the test lets it; one answer at a time for a visitor. */
async function startHeld() {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let waiting = 0
  const transcripts = openForTest()
  const generator = handGenerator()
  const answering = createAnswering({
    retriever: fakeRetriever(),
    generator,
    journal: slowJournal(transcripts, async (method) => {
      if (method !== 'begin') return
      waiting += 1
      await held
    }),
    currentBuild: () => 'build-1',
    embedding: 'test',
    deadlines: {firstTokenMs: 60_000, answerMs: 60_000},
    resumeGraceMs: 0,
  })
  const notAsked = () => {
    throw new Error('This test does not ask for it')
  }
  const http = createHttpServer({
    options: settingsFrom({PORT: '0', MAX_CONCURRENT_ANSWERS_PER_VISITOR: '1', RATE_LIMIT_PER_MINUTE: '0'}),
    answering,
    generator: 'scripted',
    transcripts,
    verified: openVerifiedAnswers({file: ':memory:'}),
    golden: {
      file: '',
      list: async () => [],
      problems: async () => [],
      add: notAsked,
      delete: notAsked,
    },
    gaps: {store: openGaps({file: ':memory:'}), isPending: false, reason: null, group() {}},
    staffStore: openStaffStore({file: ':memory:'}),
    search: {search: notAsked, searchAsTyped: notAsked},
    current: {id: 'build-1', lease: notAsked},
    builds: {
      list: async () => [],
      servers: async () => [],
      activate: async () => {},
      report: async () => null,
      folder: async () => '',
    },
    explain: async () => ({}),
    startIngest: notAsked,
    limitStore: memoryLimits(),
    journalHealth: () => transcripts.health(),
    webDir: null,
    log: silentLog,
    metrics: createMetrics({activeAnswers: () => answering.active}),
  })
  const {port} = await http.listen()
  closing.push(async () => {
    release()
    await answering.shutdown(0)
    await http.close()
  })
  return {
    port,
    answering,
    generator,
    transcripts,
    release,
    /** Resolves when the server knows that every client has left. */
    hasNobody: () => expect.poll(() => connectionsOf(http.server), patiently).toBe(0),
    isAsking: () => expect.poll(() => waiting, patiently).toBeGreaterThan(0),
  }
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}

function post(accept: string, extra: readonly string[] = []): string {
  const body = JSON.stringify({question: 'How do I set the port?'})
  const head = ['POST /api/answers HTTP/1.1', 'host: localhost', 'content-type: application/json']
  return [...head, `accept: ${accept}`, `content-length: ${body.length}`, ...extra, '', body].join('\r\n')
}

test.each(['text/event-stream', 'application/json'])(
  'a client that hangs up while its question is being asked leaves no run behind: %s',
  async (accept) => {
    const {port, answering, generator, transcripts, release, isAsking, hasNobody} = await startHeld()
    const client = await rawClient(port, post(accept))
    await isAsking()

    client.socket.destroy()
    await hasNobody()
    release()

    await expect
      .poll(async () => (await transcripts.list({})).items[0]?.ending, patiently)
      .toBe('disconnected')
    expect(answering.active).toBe(0)
    expect(generator.calls).toEqual([])
  },
)

test('so does a WebSocket that closes', async () => {
  const {port, answering, generator, transcripts, release, isAsking, hasNobody} = await startHeld()
  const client = await connect({port})
  client.send({type: 'ask', question: 'How do I set the port?'})
  await isAsking()

  client.socket.terminate()
  await hasNobody()
  release()

  await expect.poll(async () => (await transcripts.list({})).items[0]?.ending, patiently).toBe('disconnected')
  expect(answering.active).toBe(0)
  expect(generator.calls).toEqual([])
})

test('a question sent twice with one key joins the first, even at the limit of concurrent answers', async () => {
  const {port, answering, generator, release, isAsking} = await startHeld()
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/api/answers`, {
      method: 'POST',
      headers: {'content-type': 'application/json', accept: 'application/json', 'idempotency-key': 'key-1'},
      body: JSON.stringify({question: 'How do I set the port?'}),
    })

  const asking = [ask(), ask()]
  await isAsking()
  release()
  const call = await generator.call(0)
  call.say('Set PORT.')
  call.finish()
  const answers = await Promise.all(asking.map(async (asked) => (await asked).json()))

  expect(answers.map(({text}) => text)).toEqual(['Set PORT.', 'Set PORT.'])
  expect(new Set(answers.map(({answerId}) => answerId)).size).toBe(1)
  expect([generator.calls.length, answering.active]).toEqual([1, 0])
})
