import {randomUUID} from 'node:crypto'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import {DocentError} from '../../src/domain/index.ts'
import {checkAiSdk} from '../matrix/protocols/ai-sdk/check.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {startProtocolDocs} from '../support/protocol-docs.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'
import {type UiPart, uiReadingOf, uiTextOf} from '../support/ui-message-reader.ts'

const start = closedAfterEach(startDocent)

const says = (text: string, role = 'user', metadata?: object) => ({
  role,
  parts: [{type: 'text', text}],
  ...(metadata === undefined ? {} : {metadata}),
})

/** Asks in a chat, as `useChat` does. */
const chat = (product: TestDocent, body: object, headers: Readonly<Record<string, string>> = {}) =>
  uiReadingOf((signal) =>
    fetch(`${product.url}/api/chat`, {
      method: 'POST',
      signal,
      headers: {'content-type': 'application/json', ...headers},
      body: JSON.stringify({messages: [says('How do I install it?')], trigger: 'submit-message', ...body}),
    }),
  )

const resume = (product: TestDocent, id: string, headers: Readonly<Record<string, string>> = {}) =>
  uiReadingOf((signal) => fetch(`${product.url}/api/chat/${id}/stream`, {signal, headers}))

const stop = (product: TestDocent, id: string, body?: object) =>
  fetch(`${product.url}/api/chat/${id}/stop`, {
    method: 'POST',
    ...(body === undefined
      ? {}
      : {headers: {'content-type': 'application/json'}, body: JSON.stringify(body)}),
  })

const ofType = (type: string) => (part: UiPart) => part.type === type
const openStreams = async ({url}: TestDocent) =>
  Number(
    /^docent_streams_open\{transport="sse"\} (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1],
  )

const metadataOf = (parts: readonly UiPart[]) =>
  Object.assign({}, ...parts.map(({messageMetadata}) => messageMetadata)) as Record<string, unknown>

describe('useChat of the AI SDK', () => {
  test('asks, resumes and stops, and tells every ending apart', {timeout: 300_000}, async () => {
    const docs = await startProtocolDocs()
    onTestFinished(async () => void (await Promise.all([docs.open.close(), docs.strict.close()])))

    await checkAiSdk({node: process.execPath, module: import.meta.resolve('ai'), major: 6}, docs)
  })
})

describe('a question in a chat', () => {
  test('comes with what was said before, but not with system messages and broken answers', async () => {
    const product = await start()
    const messages = [
      says('You are a pirate.', 'system'),
      says('How do I install it?'),
      says('Run npm ci.', 'assistant', {ending: 'complete'}),
      says('And then?'),
      says('Then the', 'assistant', {ending: 'error'}),
      {role: 'user', content: 'As in AI SDK 4?'},
      {role: 'assistant', content: 'It had text alone.'},
      {
        role: 'user',
        parts: [
          {type: 'file', url: 'x'},
          {type: 'text', text: 'And'},
          {type: 'text', text: 'now?'},
        ],
      },
    ]

    await chat(product, {messages})
    const {request} = await product.generator.call(0)

    expect(request.question).toBe('And\n\nnow?')
    expect(request.history).toEqual([
      {role: 'user', content: 'How do I install it?'},
      {role: 'assistant', content: 'Run npm ci.'},
      {role: 'user', content: 'And then?'},
      {role: 'user', content: 'As in AI SDK 4?'},
      {role: 'assistant', content: 'It had text alone.'},
    ])
  })

  test('joins the conversation of the latest answer that says which it is', async () => {
    const product = await start()
    const first = await chat(product, {})
    const opening = await product.generator.call(0)
    opening.say('So.')
    opening.finish()
    const {conversationId, answerId} = metadataOf(await first.all())
    const second = await chat(product, {
      messages: [
        says('How?'),
        says('So.', 'assistant', {conversationId}),
        says('More?'),
        says('Yes.', 'assistant', {}),
        says('Why?'),
      ],
    })
    const following = await product.generator.call(1)
    following.say('So.')
    following.finish()
    const later = metadataOf(await second.all())

    expect(later['conversationId']).toBe(conversationId)
    expect((await product.transcript(String(later['answerId'])))['conversation']).toBe(
      (await product.transcript(String(answerId)))['conversation'],
    )
  })

  test('is logged with the text that was read, as one of the AI SDK', async () => {
    const product = await start()
    const reading = await chat(product, {id: 'chat1', version: null, page: {url: '/docs/install'}})
    const call = await product.generator.call(0)
    call.say('Run ', 'it.')
    call.finish()
    const parts = await reading.all()

    const transcript = await product.transcript(String(metadataOf(parts)['answerId']))
    expect(transcript).toMatchObject({channel: 'ai-sdk', ending: 'complete', text: uiTextOf(parts)})
    expect(transcript['page']).toMatchObject({url: '/docs/install'})
    expect(JSON.stringify(transcript)).not.toContain('chat1')
  })

  test.each([
    ['no messages', {messages: []}, 400, 'messages: must have a message of the user'],
    ['an answer alone', {messages: [says('Yes.', 'assistant')]}, 400, 'must have a message of the user'],
    ['a file alone', {messages: [{role: 'user', parts: [{type: 'file'}]}]}, 400, 'files are not read'],
    ['another role', {messages: [says('Yes.', 'tool')]}, 400, 'messages.0.role'],
    ['too much', {messages: [says('x'.repeat(600_000))]}, 413, 'larger than 512 KB'],
    [
      'a long question',
      {messages: [says('How?'), says('So.', 'assistant'), says('x'.repeat(4001))]},
      400,
      'messages.2.parts: is the question, and has 4001 characters; it may have at most 4000',
    ],
    [
      'a long question of AI SDK 4',
      {messages: [{role: 'user', content: 'x'.repeat(4001)}]},
      400,
      'messages.0.content: is the question',
    ],
    ['no list', {messages: undefined}, 400, 'messages: is required'],
    ['a chat that no address can name', {id: '..'}, 400, 'id: must not be a dot'],
    ['an unknown version', {version: 'v99'}, 404, 'v99'],
  ])('is refused before it begins: %s', async (_, body, status, problem) => {
    const product = await start({pages: []})

    const {response} = await chat(product, body)
    const {error} = (await response.json()) as {error: {message: string}}

    expect(response.status).toBe(status)
    expect(error.message).toContain(problem)
    expect(product.generator.calls).toHaveLength(0)
  })

  test('may carry a conversation of hundreds of kilobytes', async () => {
    const product = await start()
    const messages = Array.from({length: 15}, (_, i) =>
      says('x'.repeat(30_000), i % 2 ? 'assistant' : 'user'),
    )

    const {response} = await chat(product, {messages: [...messages, says('And now?')]})

    expect(response.status).toBe(200)
    expect((await product.generator.call(0)).request.history.length).toBeLessThanOrEqual(12)
  })

  test('is refused to pages of unlisted origins, and allowed to those that are listed', async () => {
    const product = await start()
    const preflight = (origin: string) =>
      fetch(`${product.url}/api/chat`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      })

    const {response} = await chat(product, {}, {origin: 'https://evil.example.com'})
    const allowed = await preflight('https://docs.example.com')

    expect(response.status).toBe(403)
    expect((await preflight('https://evil.example.com')).status).toBe(403)
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-headers')).toContain('content-type')
  })

  test('has sources with addresses that a page elsewhere can open', async () => {
    const product = await start({settings: {publicUrl: 'https://ask.example.com'}})

    const reading = await chat(product, {})
    const {url} = await reading.until(ofType('source-url'))

    expect(url).toMatch(/^https:\/\/ask\.example\.com\/docs\/install#/)
  })
})

describe('a reader that leaves', () => {
  test('may come back, unless the chat is not resumable: then the model is stopped at once', async () => {
    const product = await start({settings: {resumeGraceMs: 30_000}})
    const [kept, left] = [randomUUID(), randomUUID()]
    const first = await chat(product, {id: kept})
    const second = await chat(product, {id: left, resumable: false})
    const [call, other] = [await product.generator.call(0), await product.generator.call(1)]
    call.say('Run ')
    await first.until(ofType('text-delta'))
    await second.until(ofType('source-url'))

    first.leave()
    second.leave()
    await other.aborted
    const again = await resume(product, kept)
    call.say('it.')
    call.finish()
    const parts = await again.all()

    expect(uiTextOf(parts)).toBe('Run it.')
    expect(parts[0]).toMatchObject({type: 'start', messageId: first.seen[0]!['messageId']})
    expect(metadataOf(parts)).not.toHaveProperty('conversationId')
    expect(parts.slice(-2).map(({type}) => type)).toEqual(['finish', '[DONE]'])
    expect((await resume(product, left)).response.status).toBe(204)
  })

  test('gets an answer that ended meanwhile, once, and never one that it has read', async () => {
    const product = await start({settings: {resumeGraceMs: 30_000}})
    const id = randomUUID()
    const first = await chat(product, {id})
    const call = await product.generator.call(0)
    call.say('Run it.')
    await first.until(ofType('text-delta'))
    first.leave()
    await expect.poll(() => openStreams(product)).toBe(0)
    call.finish()
    const answerId = String(metadataOf(first.seen)['answerId'])
    await expect.poll(async () => (await product.answering.snapshot(answerId))?.ending).toBe('complete')

    const again = await resume(product, id)
    expect(uiTextOf(await again.all())).toBe('Run it.')
    expect((await resume(product, id)).response.status).toBe(204)
  })

  test('gets what a restart has interrupted, with its ending', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'docent-chat-'))
    onTestFinished(() => rmSync(dataDir, {recursive: true, force: true}))
    const before = await start({dataDir, settings: {resumeGraceMs: 30_000}})
    const id = randomUUID()
    const first = await chat(before, {id})
    ;(await before.generator.call(0)).say('Run ')
    await first.until(ofType('text-delta'))
    first.leave()
    await before.close()
    const after = await start({dataDir})

    const again = await resume(after, id)
    const parts = await again.all()

    expect(uiTextOf(parts)).toBe('Run ')
    expect(metadataOf(parts)).toMatchObject({ending: 'interrupted', error: {code: 'shutting_down'}})
    expect(parts.slice(-2).map(({type}) => type)).toEqual(['error', '[DONE]'])
    expect((await resume(after, id)).response.status).toBe(204)
  })

  test('finds a chat of any name again from the same browser, and one of a random name from everywhere', async () => {
    const product = await start({settings: {resumeGraceMs: 30_000}})
    const named = await chat(product, {id: 'docs-chat'}, {'user-agent': 'one'})
    const random = await chat(product, {id: 'nAbC7xYz01QwErTy'}, {'user-agent': 'one'})
    await named.until(ofType('source-url'))
    await random.until(ofType('source-url'))
    const statusOf = async (id: string, browser: string) => {
      const reading = await resume(product, id, {'user-agent': browser})
      reading.leave()
      return reading.response.status
    }

    expect(await statusOf('docs-chat', 'one')).toBe(200)
    expect(await statusOf('docs-chat', 'other')).toBe(204)
    expect(await statusOf('nAbC7xYz01QwErTy', 'other')).toBe(200)
    expect(await statusOf('nAbC7xYz01QwErTz', 'one')).toBe(204)
  })
})

describe('a stop', () => {
  test('ends the answer that is written now, or the one that it names', async () => {
    const product = await start({settings: {resumeGraceMs: 30_000}})
    const id = randomUUID()
    const first = await chat(product, {id})
    const opening = await product.generator.call(0)
    opening.say('So.')
    opening.finish()
    const earlier = metadataOf(await first.all())['answerId']
    const second = await chat(product, {id})
    const call = await product.generator.call(1)
    call.say('Run ')
    await second.until(ofType('text-delta'))

    // Comes late, when the next answer is being written.
    const late = await stop(product, id, {activeStreamId: earlier})
    expect([late.status, await late.json()]).toEqual([200, {ending: 'complete'}])
    expect(call.signal.aborted).toBe(false)
    const now = await stop(product, id)
    expect(await now.json()).toEqual({ending: 'stopped'})
    expect(await (await stop(product, id)).json()).toEqual({ending: 'stopped'})
    const parts = await second.all()

    expect(metadataOf(parts)['ending']).toBe('stopped')
    expect(parts.map(({type}) => type)).not.toContain('finish')
    expect((await resume(product, id)).response.status).toBe(204)
  })

  test('says so where there is nothing, or something else, to stop', async () => {
    const product = await start()

    const unknown = await stop(product, 'nobody')
    await chat(product, {id: 'chat1'})
    const wrong = await stop(product, 'chat1', {activeStreamId: 'no such id!'})
    const other = await stop(product, 'chat1', {activeStreamId: randomUUID()})

    expect(unknown.status).toBe(404)
    expect(wrong.status).toBe(400)
    expect(other.status).toBe(404)
  })
})

describe('a stream', () => {
  test('keeps text, searches and reasoning in the order in which they came', async () => {
    const product = await start()
    const reading = await chat(product, {textEndCitations: true})
    const call = await product.generator.call(0)
    const search = {type: 'tool', id: 'search-1', name: 'search_docs'} as const
    call.push({type: 'reasoning', text: 'Hm.'})
    call.say('Look.')
    call.push({...search, status: 'started', input: {query: 'x'}})
    call.push({...search, status: 'failed', summary: 'It failed.'})
    call.push({...search, id: 'search-2', status: 'done', output: {found: 1}})
    call.push({
      ...{type: 'tool', id: 'generator-1', name: 'generator', status: 'failed', summary: 'Trying again.'},
      input: {generator: 'extractive', action: 'fallback', code: 'upstream_overloaded'},
    })
    call.say(' Run it.')
    call.push({type: 'citation', n: 1, start: 6, end: 13, quote: 'run'})
    call.push({type: 'citation', n: 2, start: 0, end: 5})
    call.finish()
    const parts = await reading.all()

    expect(parts.filter(({type}) => type !== 'source-url').map(({type}) => type)).toEqual([
      ...['start', 'data-stage', 'data-search', 'data-stage', 'reasoning-start', 'reasoning-delta'],
      ...[
        'reasoning-end',
        'text-start',
        'text-delta',
        'text-end',
        'tool-input-start',
        'tool-input-available',
      ],
      ...['tool-output-error', 'data-notice', 'text-start', 'text-delta', 'data-citations', 'data-citations'],
      ...['text-end', 'data-stage', 'message-metadata', 'finish', '[DONE]'],
    ])
    expect(parts.findLast(ofType('data-citations'))).toMatchObject({
      data: [
        {n: 1, start: 6, end: 13, part: {id: 't2', start: 1, end: 8}},
        {n: 2, start: 0, end: 5, part: {id: 't1', start: 0, end: 5}},
      ],
    })
    expect(parts.findLast(ofType('text-end'))).toMatchObject({
      citations: [{startIndex: 1, endIndex: 8, citedText: 'run', source: {id: '1', sourceType: 'url'}}],
    })
    expect(parts.find(ofType('data-notice'))).toMatchObject({
      data: {code: 'upstream_overloaded', message: 'Trying again.'},
    })
  })

  test('is one line for each part, also for readers that end lines elsewhere', async () => {
    const product = await start()
    const reading = await chat(product, {})
    const call = await product.generator.call(0)
    const raw = reading.response.text()
    call.say('a\u2028b\u2029c\u0085d')
    call.finish()

    expect(await raw).toContain(String.raw`"delta":"a\u2028b\u2029c\u0085d"`)
  })

  test('has all citations of a long answer, without sending all of them each time', async () => {
    const product = await start()
    const reading = await chat(product, {})
    const call = await product.generator.call(0)
    call.say('x'.repeat(500))
    for (let n = 0; n < 205; n++) call.push({type: 'citation', n: 1, start: n, end: n + 1})
    call.finish()
    const sent = (await reading.all()).filter(ofType('data-citations'))

    expect(sent.at(-1)!['data']).toHaveLength(205)
    expect(sent.length).toBeLessThan(40)
  })

  test('that the docs cannot answer has the nearest pages as text and as data', async () => {
    const product = await start()

    const reading = await chat(product, {messages: [says('Was ist xyzzy?')], lang: 'de'})
    const parts = await reading.all()

    expect(uiTextOf(parts)).toMatch(/^Die Dokumentation scheint das nicht zu beantworten\./)
    expect(parts.find(ofType('data-nearest'))!['data']).toMatchObject({reason: expect.any(String)})
    expect(metadataOf(parts)).toMatchObject({ending: 'abstained', abstained: true})
    expect(parts.at(-2)).toEqual({type: 'finish'})
  })

  test('that fails says what failed before the error, and never finishes', async () => {
    const product = await start()
    const reading = await chat(product, {})
    const call = await product.generator.call(0)
    call.say('Half ')
    call.fail(new DocentError('upstream_overloaded', 'canary: overloaded', {retryAfterMs: 1000}))
    const parts = await reading.all()

    expect(parts.slice(-4).map(({type}) => type)).toEqual([
      'data-stage',
      'message-metadata',
      'error',
      '[DONE]',
    ])
    expect(metadataOf(parts)).toMatchObject({
      ending: 'error',
      error: {code: 'upstream_overloaded', retryable: true},
    })
    expect(JSON.stringify(parts)).not.toContain('canary')
  })
})
