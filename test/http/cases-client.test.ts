import {once} from 'node:events'
import {connect} from 'node:net'
import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {replayed, seqOf, textOf} from '../support/event-reader.ts'
import {
  answer,
  blockStop,
  type FakeStep,
  messageDelta,
  messageStart,
  messageStop,
  steps,
  textDelta,
  textStart,
} from '../support/fake-claude.ts'
import {idOf} from '../support/reading.ts'
import {startDocentWithClaude} from '../support/start-docent.ts'

/** The failure catalogue's cases of the client's side, over real sockets from the reader to the model. */

const start = closedAfterEach(startDocentWithClaude)

const never = new Promise(() => {})
const begun = (...texts: readonly string[]): FakeStep[] =>
  steps([
    messageStart({input_tokens: 12, output_tokens: 1}),
    textStart(),
    ...texts.map((text) => textDelta(text)),
  ])
const end = steps([blockStop(), messageDelta(), messageStop()])

describe('a client that sends half a character', () => {
  test('the model and the log get U+FFFD in its place', async () => {
    const product = await start()
    product.upstream.next(answer('Fine.'))
    const half = 'the \ud83d port'

    const reading = await product.read({
      question: `How is ${half} set?`,
      history: [
        {role: 'user', content: `Hello ${half}, x${'🔑'.repeat(8_000)}`},
        {role: 'assistant', content: half},
      ],
    })
    await reading.all()

    const sent = JSON.stringify((await product.upstream.request(0)).body)
    expect(sent).toContain('How is the \ufffd port set?')
    expect(sent).not.toMatch(/\\ud[89a-f]/i)
    await expect
      .poll(() => product.transcript(idOf(reading)))
      .toMatchObject({question: 'How is the \ufffd port set?'})
  })
})

describe('a client that closes', () => {
  test('[reader leaves] in retrieval: no model is asked', async () => {
    const product = await start({retrieval: {until: never}})
    const reading = await product.read()
    await reading.until('start')
    await expect.poll(() => product.retriever.waiting).toBe(1)

    reading.leave()

    await expect.poll(() => product.retriever.waiting).toBe(0)
    await expect
      .poll(() => product.transcript(idOf(reading)))
      .toMatchObject({ending: 'disconnected', text: ''})
    expect(product.upstream.requests).toEqual([])
  })

  test.each<[string, FakeStep[], string]>([
    ['before the first token', [[0, {until: never}]], ''],
    ['in the middle', [...begun('Half an ', 'answer'), [0, 'stall']], 'Half an answer'],
    [
      'after the last word, before the end',
      [...begun('All of it.'), ...steps([blockStop(), messageDelta()]), [0, 'stall']],
      'All of it.',
    ],
  ])('[reader leaves] %s: the upstream closes and the partial text is kept', async (_when, script, text) => {
    const product = await start()
    product.upstream.next(script)
    const reading = await product.read()
    await reading.until('sources')
    const request = await product.upstream.request(0)
    while (textOf(reading.seen) !== text) await reading.until('delta', reading.seen.length - 1)

    reading.leave()
    await request.closed

    expect(request.aborted).toBe(true)
    await expect
      .poll(() => product.transcript(idOf(reading)))
      .toMatchObject({ending: 'disconnected', text, usage: {inputTokens: text === '' ? 0 : 12}})
  })
})

test('[two readers] two tabs on one answer both get all of it, from one upstream call', async () => {
  const product = await start()
  let goOn = (): void => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  product.upstream.next([...begun('One. '), [0, {until: held}], ...steps([textDelta('Two.')]), ...end])
  const first = await product.read()
  await first.until('delta')

  const second = await product.resume(idOf(first), 0)
  await second.until('delta')
  goOn()
  const [one, two] = await Promise.all([first.all(), second.all()])

  expect(two).toEqual(replayed(one))
  expect(textOf(one)).toBe('One. Two.')
  expect(product.upstream.requests).toHaveLength(1)
})

test('[stop while away] a stop while nobody is connected closes the upstream request, and can be repeated', async () => {
  const product = await start({settings: {resumeGraceMs: 60_000}})
  product.upstream.next([...begun('One.'), [0, 'stall']])
  const reading = await product.read({resumable: true})
  await reading.until('delta')
  const request = await product.upstream.request(0)
  reading.leave()
  await expect
    .poll(async () => (await fetch(`${product.url}/metrics`)).text())
    .toContain('docent_streams_open{transport="sse"} 0')
  const wasOpen = request.closedAt === null

  const said = [await product.stop(idOf(reading)), await product.stop(idOf(reading))]
  await request.closed
  const rest = await (await product.resume(idOf(reading), seqOf(reading.seen.at(-1)!))).all()

  expect(wasOpen).toBe(true)
  expect(said).toEqual([{ending: 'stopped'}, {ending: 'stopped'}])
  expect(request.aborted).toBe(true)
  expect(rest.at(-1)!.data).toMatchObject({ending: 'stopped', usage: {inputTokens: 12}})
})

test('[reader may come back] a resumable answer waits for its reader as long as was promised, and no longer', async () => {
  const product = await start({settings: {resumeGraceMs: 300}})
  product.upstream.next([...begun('One. '), [0, 'stall']])
  const reading = await product.read({resumable: true})
  await reading.until('delta')
  const request = await product.upstream.request(0)

  const leftAt = performance.now()
  reading.leave()
  await request.closed
  const waitedMs = performance.now() - leftAt

  // A lower bound only: a busy machine may be late, never early.
  expect(waitedMs).toBeGreaterThanOrEqual(250)
  await expect
    .poll(() => product.transcript(idOf(reading)))
    .toMatchObject({ending: 'disconnected', text: 'One.'})
})

test('[answer as JSON] an answer as JSON whose model fails half-way has the status, the text and the ending', async () => {
  const product = await start()
  product.upstream.next([...begun('Half'), [5, 'destroy']])

  const {response} = await product.read({}, {accept: 'application/json'})

  expect(response.status).toBe(502)
  expect(await response.json()).toMatchObject({
    ending: 'error',
    text: 'Half',
    error: {code: 'upstream_cut', retryable: true},
    usage: {inputTokens: 12},
  })
})

test('[idle connection] a connection is kept longer than a proxy keeps it idle, and reused', async () => {
  const product = await start()
  product.upstream.otherwise(answer('One.'))
  const socket = connect(product.port, '127.0.0.1').setEncoding('utf8')
  let text = ''
  socket.on('data', (part) => {
    text += part
  })
  const body = JSON.stringify({question: 'How?'})
  const ask = async (nth: number) => {
    socket.write(
      `POST /api/answers HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    while (text.split('\r\n0\r\n\r\n').length <= nth) await once(socket, 'data')
  }

  await ask(1)
  await ask(2)
  socket.destroy()

  const timeouts = [...text.matchAll(/^keep-alive: timeout=(\d+)/gim)].map(([, seconds]) => Number(seconds))
  expect(timeouts).toHaveLength(2)
  // nginx and the common balancers give up after 60 seconds.
  for (const seconds of timeouts) expect(seconds).toBeGreaterThan(60)
  expect(text.match(/event: done/g)).toHaveLength(2)
})
