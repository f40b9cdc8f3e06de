/**
 * A stand-in for the Claude API that speaks its wire format byte by byte, over a real socket.
 *
 * Scripted: each request plays a list of steps, so that every fault can be made at an exact byte.
 * Realistic: writes a cited answer from the request's own search results, at the pace of a model. A question can then
 * request faults, for demonstrations and browser tests: `[fault:overloaded]`, `[fault:cut]`, `[fault:stall]`,
 * `[fault:eof]`, `[fault:529]`, `[fault:401]`, `[fault:429]`, `[fault:html]`, `[fault:max_tokens]`,
 * `[fault:refusal]`, `[slow]`, `[search]` (searches again first), `[think]`.
 * `fake-claude-command.ts` runs it by itself.
 */
import {once} from 'node:events'
import {createServer, type IncomingHttpHeaders, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

/** One frame of the upstream's stream. */
export interface WireEvent {
  readonly type: string
  readonly [key: string]: unknown
}

export interface HeadAction {
  /** Sent before anything else; without it the first bytes bring `200 text/event-stream`. */
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Written completely; the response then continues with the next step. */
  readonly body?: string
}

export type FakeAction =
  /** Raw bytes, as they are. */
  | string
  | Uint8Array
  /** One well-formed frame. */
  | {readonly event: WireEvent}
  | HeadAction
  /** Continues when the promise resolves: for tests that hold back the upstream. */
  | {readonly until: Promise<unknown>}
  /** Closes the socket hard (RST where the system does so). */
  | 'destroy'
  /** Ends the response cleanly, as after the last step. */
  | 'end'
  /** Sends nothing more and leaves the socket open. */
  | 'stall'

/** An action, after a delay since the previous step. */
export type FakeStep = readonly [delayMs: number, action: FakeAction]

/** A request's text-bearing parts; `body` has everything. */
export interface FakeRequest {
  /** Zero-based, in order of arrival. */
  readonly index: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The parsed JSON; null if it was not JSON. */
  readonly body: MessagesBody | null
  /** `performance.now()` at arrival. */
  readonly receivedAt: number
  /** `performance.now()` at the end of the connection; null while it is open. */
  readonly closedAt: number | null
  /** True when the client went away before the response was over. */
  readonly aborted: boolean
  /** Bytes given to the socket so far. */
  readonly bytesWritten: number
  /** Resolves when the response is over, whoever ended it. */
  readonly closed: Promise<void>
}

export interface WireBlock {
  readonly type: string
  readonly [key: string]: unknown
}

export interface MessagesBody {
  readonly model: string
  readonly stream?: boolean
  readonly system?: unknown
  readonly tools?: readonly {readonly name: string}[]
  readonly messages: readonly {
    readonly role: 'user' | 'assistant'
    readonly content: string | readonly WireBlock[]
  }[]
  readonly [key: string]: unknown
}

export type FakeReply = (request: FakeRequest) => Iterable<FakeStep> | AsyncIterable<FakeStep>

export interface FakeClaude {
  /** The value for `ANTHROPIC_BASE_URL`. */
  readonly url: string
  readonly port: number
  /** Every request so far, in order. */
  readonly requests: readonly FakeRequest[]
  /** Scripts the next request that has no script yet; call again for the one after. */
  next(steps: Iterable<FakeStep> | FakeReply): void
  /** Sets the reply to requests without a script. Initially a complete answer, "OK.". */
  otherwise(reply: Iterable<FakeStep> | FakeReply): void
  /** Resolves with the request of that index once it has arrived. */
  request(index: number): Promise<FakeRequest>
  /** Requests whose connection is still open. */
  readonly open: number
  /** Number of connections accepted so far; fewer than requests if connections are reused. */
  readonly connections: number
  /** Closes every connection and the server. */
  close(): Promise<void>
}

export interface FakeClaudeOptions {
  /** Default 0, any free port. */
  readonly port?: number
  readonly reply?: Iterable<FakeStep> | FakeReply
}

/** Starts the fake on 127.0.0.1. Close it. */
export async function startFakeClaude(options: FakeClaudeOptions = {}): Promise<FakeClaude> {
  const requests: FakeRequest[] = []
  const scripts: FakeReply[] = []
  const arrivals = new Map<number, ((request: FakeRequest) => void)[]>()
  let fallback = asReply(options.reply ?? answer('OK.'))

  const server = createServer((incoming, response) => {
    const pieces: Buffer[] = []
    incoming.on('data', (piece: Buffer) => pieces.push(piece))
    incoming.on('error', () => {
      // The client left while sending; 'close' on the response records it.
    })
    incoming.on('end', () => {
      let settle = (): void => {}
      const request = {
        index: requests.length,
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: parsed(Buffer.concat(pieces).toString('utf8')),
        receivedAt: performance.now(),
        closedAt: null as number | null,
        aborted: false,
        bytesWritten: 0,
        selfEnded: false,
        closed: new Promise<void>((resolve) => {
          settle = resolve
        }),
      }
      const gone = new AbortController()
      response.on('error', () => {
        // Some scripts write to a client that has left.
      })
      response.once('close', () => {
        request.closedAt = performance.now()
        request.aborted = !response.writableFinished && !request.selfEnded
        gone.abort()
        settle()
      })
      requests.push(request)
      for (const resolve of arrivals.get(request.index) ?? []) resolve(request)
      arrivals.delete(request.index)
      const reply = scripts.shift() ?? fallback
      void play(reply(request), response, request, gone.signal)
    })
  })
  // A socket that a script destroys must not take the fake down with it.
  server.on('clientError', (_error, socket) => socket.destroy())
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  // Longer than a busy machine keeps a client from using a connection that it believes to be open.
  server.keepAliveTimeout = 60_000
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    next: (steps) => void scripts.push(asReply(steps)),
    otherwise: (reply) => {
      fallback = asReply(reply)
    },
    request(index) {
      const here = requests[index]
      if (here) return Promise.resolve(here)
      return new Promise((resolve) => {
        arrivals.set(index, [...(arrivals.get(index) ?? []), resolve])
      })
    },
    get open() {
      return requests.filter((request) => request.closedAt === null).length
    },
    get connections() {
      return connections
    },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface Recording {
  bytesWritten: number
  selfEnded?: boolean
}

async function play(
  steps: Iterable<FakeStep> | AsyncIterable<FakeStep>,
  response: ServerResponse,
  recording: Recording,
  gone: AbortSignal,
): Promise<void> {
  const write = async (bytes: string | Uint8Array): Promise<void> => {
    if (!response.headersSent) response.writeHead(200, streamHead)
    recording.bytesWritten += Buffer.byteLength(bytes)
    if (!response.write(bytes)) await once(response, 'drain', {signal: gone})
  }
  try {
    for await (const [delayMs, action] of steps) {
      if (delayMs > 0) await sleep(delayMs, gone)
      if (gone.aborted) return
      if (action === 'stall') {
        if (!response.headersSent) response.writeHead(200, streamHead)
        response.flushHeaders()
        return
      }
      if (action === 'destroy') {
        recording.selfEnded = true
        // What was written must be sent first, or the fault would come too early.
        await new Promise((resolve) => setImmediate(resolve))
        response.socket?.resetAndDestroy()
        return
      }
      if (action === 'end') break
      if (typeof action === 'string' || action instanceof Uint8Array) await write(action)
      else if ('event' in action) await write(frame(action.event))
      else if ('until' in action) await Promise.race([action.until, aborted(gone)])
      else {
        response.writeHead(action.status, {'request-id': 'req_fake', ...action.headers})
        if (action.body !== undefined) await write(action.body)
        else response.flushHeaders()
      }
    }
    recording.selfEnded = true
    response.end()
  } catch (error) {
    if (!gone.aborted) throw error
  }
}

const streamHead = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'request-id': 'req_fake_1',
}

function asReply(reply: Iterable<FakeStep> | FakeReply): FakeReply {
  return typeof reply === 'function' ? reply : () => reply
}

function parsed(text: string): MessagesBody | null {
  try {
    return JSON.parse(text) as MessagesBody
  } catch {
    return null
  }
}

/** Resolves early when the client has gone. */
function sleep(ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      gone.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    gone.addEventListener('abort', done)
    if (gone.aborted) done()
  })
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), {once: true})
  })
}

// Frames.

/** The bytes of one frame. */
export function frame(event: WireEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

export function messageStart(
  usage: Readonly<Record<string, number>> = {},
  model = 'claude-haiku-5-5',
): WireEvent {
  return {
    type: 'message_start',
    message: {
      id: 'msg_fake_1',
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: 10,
        output_tokens: 1,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        ...usage,
      },
    },
  }
}

export function textStart(index = 0): WireEvent {
  return {type: 'content_block_start', index, content_block: {type: 'text', text: ''}}
}

export function textDelta(text: string, index = 0): WireEvent {
  return {type: 'content_block_delta', index, delta: {type: 'text_delta', text}}
}

export interface WireCitation {
  /** Counts every search_result block of the request. */
  readonly searchResultIndex: number
  readonly citedText: string
  readonly source?: string
  readonly title?: string
  readonly startBlock?: number
  readonly endBlock?: number
}

export function citationDelta(citation: WireCitation, index = 0): WireEvent {
  return {
    type: 'content_block_delta',
    index,
    delta: {
      type: 'citations_delta',
      citation: {
        type: 'search_result_location',
        search_result_index: citation.searchResultIndex,
        source: citation.source ?? '',
        title: citation.title ?? null,
        cited_text: citation.citedText,
        start_block_index: citation.startBlock ?? 0,
        end_block_index: citation.endBlock ?? (citation.startBlock ?? 0) + 1,
      },
    },
  }
}

export function blockStop(index = 0): WireEvent {
  return {type: 'content_block_stop', index}
}

/** A whole thinking block. */
export function thinking(text: string, index = 0): WireEvent[] {
  return [
    {
      type: 'content_block_start',
      index,
      content_block: {type: 'thinking', thinking: '', signature: ''},
    },
    {type: 'content_block_delta', index, delta: {type: 'thinking_delta', thinking: text}},
    {
      type: 'content_block_delta',
      index,
      delta: {type: 'signature_delta', signature: 'c2lnbmF0dXJl'},
    },
    blockStop(index),
  ]
}

/** A whole tool call, its input in two pieces. */
export function toolUse(name: string, input: unknown, index = 0, id = 'toolu_fake_1'): WireEvent[] {
  const json = JSON.stringify(input)
  const half = Math.ceil(json.length / 2)
  const piece = (partial_json: string): WireEvent => ({
    type: 'content_block_delta',
    index,
    delta: {type: 'input_json_delta', partial_json},
  })
  return [
    {type: 'content_block_start', index, content_block: {type: 'tool_use', id, name, input: {}}},
    piece(json.slice(0, half)),
    piece(json.slice(half)),
    blockStop(index),
  ]
}

/** The reason why the model stopped; followed by `message_stop`. */
export function messageDelta(stopReason = 'end_turn', outputTokens = 7): WireEvent {
  return {
    type: 'message_delta',
    delta: {stop_reason: stopReason, stop_sequence: null},
    usage: {output_tokens: outputTokens},
  }
}

export function messageStop(): WireEvent {
  return {type: 'message_stop'}
}

export function ping(): WireEvent {
  return {type: 'ping'}
}

export function errorEvent(type = 'overloaded_error', message = 'Overloaded'): WireEvent {
  return {type: 'error', error: {type, message}}
}

/** Events as steps, with the same pause before each. */
export function steps(events: Iterable<WireEvent>, delayMs = 0): FakeStep[] {
  return [...events].map((event) => [delayMs, {event}])
}

/** A whole answer without citations, one delta for each piece. */
export function answer(...pieces: readonly string[]): FakeStep[] {
  return steps([
    messageStart(),
    textStart(),
    ...pieces.map((piece) => textDelta(piece)),
    blockStop(),
    messageDelta(),
    messageStop(),
  ])
}

/** A refusal with a status and the API's error body. */
export function refusal(
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): FakeStep[] {
  return [
    [
      0,
      {
        status,
        headers: {'content-type': 'application/json', ...headers},
        body: JSON.stringify({type: 'error', error: {type, message}, request_id: 'req_fake'}),
      },
    ],
  ]
}

// The realistic mode.

export interface RealisticOptions {
  /** Pause between two tokens; default 15. */
  readonly tokenMs?: number
  /** Pause before the first; default 150. */
  readonly firstTokenMs?: number
  /** Maximum number of sentences quoted; default 5. */
  readonly sentences?: number
}

interface SeenResult {
  readonly index: number
  readonly source: string
  readonly title: string
  readonly blocks: readonly string[]
}

/** A model that answers by quoting and citing the search results of its request. */
export function realisticReply(options: RealisticOptions = {}): FakeReply {
  const {firstTokenMs = 150, sentences = 5} = options
  return function* reply(request): Generator<FakeStep> {
    const body = request.body
    if (!body || !request.path.startsWith('/v1/messages')) {
      yield* refusal(400, 'invalid_request_error', 'messages: field required')
      return
    }
    const question = questionOf(body)
    const fault = /\[fault:(\w+)\]/.exec(question)?.[1] ?? null
    const tokenMs = (options.tokenMs ?? 15) * (question.includes('[slow]') ? 8 : 1)
    const refused = refusals[fault ?? '']
    if (refused) {
      yield* refused()
      return
    }
    const searched = body.messages.some(
      ({content}) => typeof content !== 'string' && content.some((block) => block.type === 'tool_result'),
    )

    yield [0, {event: messageStart({input_tokens: Math.ceil(JSON.stringify(body).length / 4)}, body.model)}]
    yield [0, {event: ping()}]
    let index = 0
    if (question.includes('[think]')) {
      yield* steps(
        thinking('The sources seem to cover this. I will quote the closest ones.', index++),
        tokenMs,
      )
    }
    if (question.includes('[search]') && !searched && body.tools?.some(({name}) => name === 'search_docs')) {
      yield* say('Let me look again.', index++, tokenMs, firstTokenMs)
      yield* steps(toolUse('search_docs', {query: plainQuestion(question)}, index), tokenMs)
      yield* steps([messageDelta('tool_use', 20), messageStop()])
      return
    }

    const chosen = chosenBlocks(resultsOf(body), plainQuestion(question), sentences)
    let tokens = 0
    for (const [order, {result, block}] of chosen.entries()) {
      const text = result.blocks[block] ?? ''
      const lead = order === 0 ? '' : /^(```|[-*] |\d+\. )/.test(text) ? '\n\n' : ' '
      if (lead) yield* say(lead, index++, tokenMs, 0)
      yield [order === 0 ? firstTokenMs : 0, {event: textStart(index)}]
      for (const token of tokensOf(text)) {
        yield [tokenMs, {event: textDelta(token, index)}]
        tokens += 1
        if (fault && tokens === 12) {
          if (fault === 'overloaded') yield [0, {event: errorEvent()}]
          if (fault === 'cut') yield [0, 'destroy']
          if (fault === 'stall') yield [0, 'stall']
          if (fault === 'eof' || fault === 'overloaded') yield [0, 'end']
          if (fault === 'max_tokens' || fault === 'refusal') {
            yield* steps([blockStop(index), messageDelta(fault, tokens), messageStop()])
            return
          }
        }
      }
      yield [
        0,
        {
          event: citationDelta(
            {
              searchResultIndex: result.index,
              source: result.source,
              title: result.title,
              citedText: text,
              startBlock: block,
            },
            index,
          ),
        },
      ]
      yield [0, {event: blockStop(index++)}]
    }
    if (chosen.length === 0) yield* say('The documentation does not say.', index, tokenMs, firstTokenMs)
    yield* steps([messageDelta('end_turn', tokens + 5), messageStop()])
  }
}

const refusals: Readonly<Record<string, () => FakeStep[]>> = {
  '529': () => refusal(529, 'overloaded_error', 'Overloaded'),
  '401': () => refusal(401, 'authentication_error', 'invalid x-api-key'),
  '429': () => refusal(429, 'rate_limit_error', 'Too many requests', {'retry-after': '1'}),
  '500': () => refusal(500, 'api_error', 'Internal server error'),
  html: () => [
    [0, {status: 200, headers: {'content-type': 'text/html'}, body: '<html>Sign in to the proxy</html>'}],
  ],
}

function* say(text: string, index: number, tokenMs: number, firstMs: number): Generator<FakeStep> {
  yield [firstMs, {event: textStart(index)}]
  for (const token of tokensOf(text)) yield [tokenMs, {event: textDelta(token, index)}]
  yield [0, {event: blockStop(index)}]
}

/** Splits a text into pieces of about the size of a token: words with the space before them, long words in parts. */
function tokensOf(text: string): string[] {
  return text.match(/\s*\S{1,8}|\s+$/gu) ?? []
}

function textsOf(content: string | readonly WireBlock[]): string[] {
  if (typeof content === 'string') return [content]
  return content.flatMap((block) => (block.type === 'text' ? [String(block.text)] : []))
}

/** The last text that a user wrote. */
function questionOf(body: MessagesBody): string {
  return (
    body.messages
      .filter(({role}) => role === 'user')
      .flatMap(({content}) => textsOf(content))
      .at(-1) ?? ''
  )
}

function plainQuestion(question: string): string {
  return question.replace(/\[[\w:]+\]/g, '').trim()
}

/** Every search result of a request in the order the API counts them, those inside tool results included. */
export function resultsOf(body: MessagesBody): SeenResult[] {
  const results: SeenResult[] = []
  const visit = (blocks: readonly WireBlock[]): void => {
    for (const block of blocks) {
      if (block.type === 'search_result') {
        results.push({
          index: results.length,
          source: String(block.source),
          title: String(block.title),
          // A model cites the text below headings.
          blocks: (block.content as readonly WireBlock[])
            .map(({text}) => String(text))
            .filter((text) => !text.startsWith('# ')),
        })
      }
      if (block.type === 'tool_result' && Array.isArray(block.content)) visit(block.content as WireBlock[])
    }
  }
  for (const {content} of body.messages) if (typeof content !== 'string') visit(content)
  return results
}

function chosenBlocks(
  results: readonly SeenResult[],
  question: string,
  limit: number,
): {readonly result: SeenResult; readonly block: number}[] {
  const asked = new Set(question.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [])
  return results
    .flatMap((result) =>
      result.blocks.map((text, block) => {
        const words = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []
        const shared = new Set(words.filter((word) => asked.has(word))).size
        return {result, block, score: shared - result.index * 0.2 - block * 0.05}
      }),
    )
    .filter(({result, block}) => (result.blocks[block] ?? '').trim().length > 20)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, limit)
    .toSorted((a, b) => a.result.index - b.result.index || a.block - b.block)
}
