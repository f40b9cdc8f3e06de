import {Readable} from 'node:stream'
import {Agent, type Dispatcher} from 'undici'
import {DocentError} from '../domain/index.ts'

export interface UpstreamRequest {
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

/** A pull-based response: what nobody reads is not read from the socket either. */
export interface UpstreamResponse {
  readonly status: number
  readonly headers: Headers
  /**
   * The next bytes; null at the end. One read at a time.
   * @throws DocentError `stall_timeout` or `upstream_cut`; after an abort, the signal's reason.
   */
  read(): Promise<Uint8Array | null>
  /** Closes the connection unless the body has ended. Idempotent; a pending read resolves with null. */
  close(): void
}

export interface UpstreamHttp {
  /**
   * Sends one request, once, and resolves with the head of its response, whatever its status. Aborting closes the
   * connection, also while the body is read.
   * @throws DocentError `stall_timeout` or `upstream_unreachable`; after an abort, the signal's reason.
   */
  post(request: UpstreamRequest, options: {readonly signal: AbortSignal}): Promise<UpstreamResponse>
}

/** Unread bytes of one response above which its socket is paused. */
const maxUnreadBytes = 64 * 1024
/** How long an idle connection stays open, whatever the server allows. */
const idleMs = 10_000

/**
 * HTTP with undici's `dispatch`, which passes on bytes as they are parsed. Per chunk of a body this takes as much CPU time
 * as `node:http`; `request`, which wraps them in a stream, takes up to a quarter more, and `fetch` with web streams twice
 * as much. Redirects are not followed and compressed bodies not requested. Each request under way has its own connection:
 * the caller bounds their number. An idle connection does not keep the process alive.
 *
 * @param stallTimeoutMs longest wait for a connection, for the head after it, and between two chunks of a body; a body
 * that is not read from the socket because its reader is slow does not stall.
 */
export function upstreamHttp({stallTimeoutMs}: {readonly stallTimeoutMs: number}): UpstreamHttp {
  const agent = new Agent({
    connect: {timeout: stallTimeoutMs},
    headersTimeout: stallTimeoutMs,
    bodyTimeout: stallTimeoutMs,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
  })
  return {
    post: (request, {signal}) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        agent.dispatch(dispatchOptionsOf(request), new Exchange({signal, stallTimeoutMs, resolve, reject}))
      }),
  }
}

function dispatchOptionsOf({url, headers, body}: UpstreamRequest): Dispatcher.DispatchOptions {
  const {origin, pathname, search, username, password} = new URL(url)
  const bytes = Buffer.from(body)
  const headerFields = Object.fromEntries(headers)
  if (username !== '' || password !== '') {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    headerFields['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`
  }
  return {
    origin,
    path: pathname + search,
    method: 'POST',
    headers: {...headerFields, 'accept-encoding': 'identity', 'content-length': String(bytes.length)},
    body: releasedOnceSent(bytes),
  }
}

/** undici keeps a request's body until its response has ended: this one drops its bytes once they are sent. */
function releasedOnceSent(bytes: Uint8Array): Readable {
  let unsent: Uint8Array | null = bytes
  return new Readable({
    read() {
      // Null, the second time, ends the stream.
      this.push(unsent)
      unsent = null
    },
  })
}

interface ExchangeOptions {
  readonly signal: AbortSignal
  readonly stallTimeoutMs: number
  resolve(response: UpstreamResponse): void
  reject(error: unknown): void
}

interface PendingRead {
  resolve(bytes: Uint8Array | null): void
  reject(error: unknown): void
}

/** One request and its response, called by undici as it proceeds. */
class Exchange implements UpstreamResponse, Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions
  #controller: Dispatcher.DispatchController | null = null
  #hasHead = false
  #isOver = false
  #failure: unknown = null
  #unread: Uint8Array[] = []
  #unreadBytes = 0
  #pendingRead: PendingRead | null = null
  status = 0
  headers = new Headers()

  constructor(options: ExchangeOptions) {
    this.#options = options
    options.signal.addEventListener('abort', this.#onAbort, {once: true})
  }

  read(): Promise<Uint8Array | null> {
    const next = this.#unread.shift()
    if (next !== undefined) {
      this.#unreadBytes -= next.length
      if (this.#unreadBytes <= maxUnreadBytes) this.#controller?.resume()
      return Promise.resolve(next)
    }
    if (this.#failure !== null) return Promise.reject(this.#failure)
    if (this.#isOver) return Promise.resolve(null)
    return new Promise((resolve, reject) => {
      this.#pendingRead = {resolve, reject}
    })
  }

  close(): void {
    this.#unread = []
    if (this.#isOver) return
    this.#end(null)
    this.#controller?.abort(new Error('Closed'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // Aborted while connecting.
    if (this.#isOver) controller.abort(new Error('Closed'))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // Informational: the head itself follows.
    if (status < 200) return
    this.#hasHead = true
    this.status = status
    this.headers = headersOf(headers)
    this.#options.resolve(this)
  }

  onResponseData(controller: Dispatcher.DispatchController, bytes: Uint8Array): void {
    if (this.#isOver) return
    if (this.#pendingRead !== null) {
      const {resolve} = this.#pendingRead
      this.#pendingRead = null
      resolve(bytes)
      return
    }
    this.#unread.push(bytes)
    this.#unreadBytes += bytes.length
    if (this.#unreadBytes > maxUnreadBytes) controller.pause()
  }

  onResponseEnd(): void {
    this.#end(null)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.#isOver) this.#end(failureOf(error, this.#hasHead, this.#options.stallTimeoutMs))
  }

  readonly #onAbort = (): void => {
    const {reason} = this.#options.signal
    this.#unread = []
    this.#end(reason)
    this.#controller?.abort(new Error('Aborted'))
  }

  /** @param failure the error; null for a body that ended or was closed */
  #end(failure: unknown): void {
    this.#isOver = true
    this.#failure = failure
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    // Has no effect once the head has arrived.
    this.#options.reject(failure)
    if (failure === null) this.#pendingRead?.resolve(null)
    else this.#pendingRead?.reject(failure)
    this.#pendingRead = null
  }
}

function headersOf(raw: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers()
  for (const [name, values] of Object.entries(raw)) {
    for (const value of [values ?? []].flat()) headers.append(name, value)
  }
  return headers
}

/** Without the original as its cause: its message may contain an address with a key. */
function failureOf(error: Error, hasHead: boolean, stallTimeoutMs: number): DocentError {
  const cause = causeCodeOf(error)
  switch (cause) {
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
      return new DocentError(
        'stall_timeout',
        `The model's API sent no response within ${stallTimeoutMs} ms; check ANTHROPIC_BASE_URL and the network`,
      )
    case 'UND_ERR_BODY_TIMEOUT':
      return new DocentError('stall_timeout', `The model's API sent nothing for ${stallTimeoutMs} ms`)
    default:
  }
  if (hasHead) {
    return new DocentError('upstream_cut', "The connection to the model's API broke", {details: {cause}})
  }
  // A reset after the request was sent is a break, but nothing had arrived: retrying is right either way.
  return new DocentError(
    'upstream_unreachable',
    `The model's API could not be reached${cause === null ? '' : ` (${cause})`}; check ANTHROPIC_BASE_URL and the network`,
    {details: {cause}},
  )
}

/** The system's code of a network failure, as `ECONNRESET`, or undici's. */
function causeCodeOf(error: Error): string | null {
  const {code} = error as {code?: unknown}
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : null
}
