import {randomUUID} from 'node:crypto'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {WebSocket} from 'ws'
import {refOf} from '../../src/answers/ids.ts'
import {noUsage} from '../../src/domain/index.ts'
import {openSqlite} from '../../src/native/index.ts'
import {migrate, migrations} from '../../src/transcripts/migrations.ts'
import {readTranscripts} from '../../src/transcripts/read-transcripts.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {answer} from '../support/fake-claude.ts'
import {idOf, type Reading} from '../support/reading.ts'
import {type DocentOptions, type DocentWithClaude, startDocentWithClaude} from '../support/start-docent.ts'

/** What an id opens: an answer's reads that answer, a conversation's opens the conversation, and nothing else does. */

const startWithClaude = closedAfterEach(startDocentWithClaude)
const folders: string[] = []

async function start(options?: DocentOptions): Promise<DocentWithClaude> {
  const product = await startWithClaude(options)
  product.upstream.otherwise(answer('Set ', 'PORT.'))
  return product
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-ids-'))
  folders.push(folder)
  return folder
}

afterEach(async () => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

async function asked(
  product: DocentWithClaude,
  body: object,
  headers?: Record<string, string>,
): Promise<Reading> {
  const reading = await product.read(body, headers)
  await reading.all()
  return reading
}

const conversationOf = ({seen}: Reading) => seen[0]?.data['conversationId'] as string | null

/** What the model was sent of a request, as text. */
const sentTo = (product: DocentWithClaude, index: number) =>
  JSON.stringify(product.upstream.requests[index]?.body?.messages)

async function deleted(product: DocentWithClaude, id: string): Promise<unknown> {
  const response = await fetch(`${product.url}/api/conversations/${id}`, {method: 'DELETE'})
  return response.json()
}

const staff = {headers: {authorization: 'Bearer admin-token-for-tests'}}

describe('the key of a conversation', () => {
  test('is sent to whoever asked, once, and to nobody who reads the answer again', async () => {
    const product = await start()
    const reading = await asked(product, {question: 'My salary is 123.'})
    const key = conversationOf(reading)
    const answerId = idOf(reading)

    const again = await product.resume(answerId, 0)
    await again.all()
    const read = await (await fetch(`${product.url}/api/answers/${answerId}`)).text()
    const events = JSON.stringify(again.seen)
    const transcript = JSON.stringify(await product.transcript(answerId))
    const list = await (await fetch(`${product.url}/api/admin/transcripts`, staff)).text()
    const exported = await (await fetch(`${product.url}/api/admin/transcripts/export`, staff)).text()
    const csv = await (await fetch(`${product.url}/api/admin/transcripts/export?format=csv`, staff)).text()

    expect(key).toMatch(/^c[\w-]{32}$/)
    expect(conversationOf(again)).toBeNull()
    expect(JSON.parse(read)).toMatchObject({conversationId: null, ref: refOf(answerId)})
    for (const told of [read, events, transcript, list, exported, csv]) {
      expect(told).toContain(answerId)
      expect(told).not.toContain(key)
    }
    await product.transcripts.flush()
    for (const ending of ['', '-wal']) expect(String(readFileSync(product.file + ending))).not.toContain(key)
  })

  test('joins, and an answer’s id does not', async () => {
    const product = await start()
    const secret = await asked(product, {question: 'My salary is 123.'})
    const answerId = idOf(secret)

    const friend = await asked(product, {question: 'And that?', conversationId: conversationOf(secret)})
    const strangers = [
      await asked(product, {question: 'And that?', conversationId: answerId}),
      await asked(product, {question: 'And that?', conversationId: refOf(answerId)}),
      await asked(product, {question: 'And that?', conversationId: refOf(conversationOf(secret)!)}),
    ]

    expect(conversationOf(friend)).toBe(conversationOf(secret))
    expect(sentTo(product, 1)).toContain('salary is 123')
    for (const [index, stranger] of strangers.entries()) {
      expect(conversationOf(stranger)).toMatch(/^c[\w-]{32}$/)
      expect(conversationOf(stranger)).not.toBe(conversationOf(secret))
      expect(sentTo(product, index + 2)).not.toContain('salary')
    }
    expect(await deleted(product, answerId)).toEqual({deleted: 0})
    expect(await deleted(product, refOf(conversationOf(secret)!))).toEqual({deleted: 0})
    expect(await deleted(product, conversationOf(secret)!)).toEqual({deleted: 2})
  })

  test('is created by the server: one that a client chose is not accepted', async () => {
    const product = await start()

    for (const id of ['1', 'conversation-of-mine', randomUUID(), `c${'x'.repeat(32)}`]) {
      const first = await asked(product, {question: 'Mine?', conversationId: id})
      const second = await asked(product, {question: 'Mine?', conversationId: id})
      expect(new Set([id, conversationOf(first), conversationOf(second)]).size).toBe(3)
      expect(await deleted(product, id)).toEqual({deleted: 0})
    }
  })

  test('is not sent to a client that continues an answer by its id; with the key the conversation continues', async () => {
    const product = await start()
    const before = await asked(product, {question: 'My salary is 123.'})
    product.upstream.next([...answer('Set ').slice(0, 3), [0, 'destroy']])
    const broken = await asked(product, {question: 'Broken?', conversationId: conversationOf(before)})
    expect(broken.seen.at(-1)?.data).toMatchObject({ending: 'error'})

    const stranger = await asked(product, {question: 'Broken?', continueAnswerId: idOf(broken)})
    const strangersRequest = product.upstream.requests.length - 1
    const owner = await asked(product, {
      question: 'Broken?',
      continueAnswerId: idOf(broken),
      conversationId: conversationOf(before),
    })

    expect(conversationOf(stranger)).not.toBe(conversationOf(before))
    expect(sentTo(product, strangersRequest)).not.toContain('salary')
    expect(conversationOf(owner)).toBe(conversationOf(before))
    expect(sentTo(product, strangersRequest + 1)).toContain('salary')
  })

  test('is sent for the same idempotency key only if it was not sent before', async () => {
    const product = await start()
    const headers = {'idempotency-key': 'once'}
    const first = await asked(product, {}, headers)
    const second = await asked(product, {}, headers)

    expect(idOf(second)).toBe(idOf(first))
    expect(conversationOf(first)).not.toBeNull()
    expect(conversationOf(second)).toBeNull()
  })

  test('over WebSocket is sent for an ask, not for a resume', async () => {
    const product = await start()
    const socket = new WebSocket(`ws://127.0.0.1:${product.port}/api/ws`)
    const got: Record<string, unknown>[] = []
    const ended = (count: number) =>
      expect.poll(() => got.filter(({type}) => type === 'done').length, {timeout: 20_000}).toBe(count)
    socket.on('message', (data) => got.push(JSON.parse(String(data))))
    await new Promise((resolve) => socket.once('open', resolve))

    socket.send(JSON.stringify({type: 'ask', question: 'How?'}))
    await ended(1)
    const answerId = got[0]!['answerId']
    socket.send(JSON.stringify({type: 'resume', answerId}))
    await ended(2)
    socket.close()

    const [askedMessage, first, second] = got.filter(({type}) => type === 'asked' || type === 'start')
    expect(askedMessage!['conversationId']).toMatch(/^c[\w-]{32}$/)
    expect(first!['conversationId']).toBe(askedMessage!['conversationId'])
    expect(second).toMatchObject({type: 'start', conversationId: null, ref: refOf(String(answerId))})
  })
})

describe('a ref', () => {
  test('is found by staff and grants visitors no access', async () => {
    const product = await start()
    const first = await asked(product, {})
    const second = await asked(product, {conversationId: conversationOf(first)})
    await asked(product, {})
    const ref = String(first.seen[0]!.data['ref'])
    const found = async (query: string) => {
      const response = await fetch(`${product.url}/api/admin/transcripts?${query}`, staff)
      const {items} = (await response.json()) as {items: {answerId: string; conversation: string}[]}
      return items
    }

    const [item] = await found(`q=${ref}`)
    expect(item).toMatchObject({answerId: idOf(first), conversationId: null, ref})
    expect(await product.transcript(ref)).toMatchObject({answerId: idOf(first), ref})
    expect((await found(`conversation=${item!.conversation}`)).map(({answerId}) => answerId)).toEqual([
      idOf(second),
      idOf(first),
    ])
    expect(await found(`conversationId=${conversationOf(first)}`)).toHaveLength(2)
    for (const path of ['', '/events', '/stop', '/feedback']) {
      const method = path === '' || path === '/events' ? 'GET' : 'POST'
      const headers = {'content-type': 'application/json'}
      const body = method === 'POST' ? {body: '{"rating": "up"}'} : {}
      expect(
        (await fetch(`${product.url}/api/answers/${ref}${path}`, {method, headers, ...body})).status,
      ).toBe(404)
    }
  })
})

describe('a file of an earlier version', () => {
  const uuid = '0c6b1f8e-4a57-4d63-9a56-7d1c0a3f5b42'

  /** As a version left it that kept the ids themselves. */
  function oldFolder(): {dataDir: string; file: string} {
    const dataDir = newFolder()
    const file = join(dataDir, 'transcripts.sqlite')
    const old = openSqlite(file)
    migrate(old, file, migrations.slice(0, 3))
    const insert = old.prepare(
      `INSERT INTO answers (id, conversation_id, question, build, generator, embedding, started_at, settings, channel, ending, text)
       VALUES (?, ?, ?, 'b', 'anthropic', 'e', 1000, '{}', 'http', 'complete', 'Very old.')`,
    )
    const event = old.prepare(
      'INSERT INTO events (answer, seq, last_seq, at, data) VALUES (?, ?, ?, 1000, ?)',
    )
    for (const [id, conversationId, question] of [
      ['old-1', uuid, 'Where is the kettle?'],
      ['old-2', '1', 'Where is the toaster?'],
    ] as const) {
      const row = insert.run(id, conversationId, question).lastInsertRowid
      const start = {
        type: 'start',
        answerId: id,
        conversationId,
        build: 'b',
        generator: 'anthropic',
        model: null,
        embedding: 'e',
      }
      const timings = {sourcesMs: null, firstTokenMs: null, longestStallMs: 0, totalMs: 5}
      const done = {type: 'done', ending: 'complete', abstained: false, usage: noUsage, timings}
      event.run(row, 1, 1, JSON.stringify(start))
      event.run(row, 2, 2, JSON.stringify(done))
    }
    old.close()
    return {dataDir, file}
  }

  test('keeps its conversations: a random key works, a guessable one is only visible to staff', async () => {
    const {dataDir, file} = oldFolder()
    const beside = readTranscripts(file)
    const shown = await beside.get('old-1')
    beside.close()
    const product = await start({dataDir})

    const mine = await asked(product, {question: 'And that?', conversationId: uuid})
    const guessed = await asked(product, {question: 'And that?', conversationId: '1'})
    const replay = await product.resume('old-1', 0)
    await replay.all()
    const byStaff = await fetch(`${product.url}/api/admin/transcripts?conversationId=1`, staff)

    expect(shown).toMatchObject({ref: refOf('old-1'), conversation: refOf(uuid), conversationId: null})
    expect(conversationOf(mine)).toBe(uuid)
    expect(sentTo(product, 0)).toContain('kettle')
    expect(conversationOf(guessed)).not.toBe('1')
    expect(sentTo(product, 1)).not.toContain('toaster')
    expect(replay.seen[0]!.data).toMatchObject({conversationId: null, ref: refOf('old-1')})
    expect(await byStaff.json()).toMatchObject({
      items: [{answerId: 'old-2', question: 'Where is the toaster?'}],
    })
    expect(await deleted(product, '1')).toEqual({deleted: 0})
    expect(await product.transcript('old-2')).toMatchObject({text: 'Very old.'})
    expect(await deleted(product, uuid)).toEqual({deleted: 2})
    expect(String(readFileSync(file))).not.toContain(uuid)
  })
})
