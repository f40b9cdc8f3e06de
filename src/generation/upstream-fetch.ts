import {type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage} from 'node:http'
import {Agent as HttpsAgent, request as httpsRequest} from 'node:https'
import {DocentError} from '../domain/index.ts'

/** The bytes of a response, pulled: what nobody reads is not read from the socket either. */
export interface UpstreamBody {
  /** The next piece; null at the end. @throws the system's error when the connection breaks. */
  read(): Promise<Uint8Array | null>
  /** Closes the connection unless the body was read to its end. Idempotent; settles a read that waits. */
  close(): void
}

export interface UpstreamFetch {
  /** To be given to the SDK. Its response to a request that went well has no body; `bodyOf` has it. */
  readonly fetch: typeof fetch
  bodyOf(response: Response): UpstreamBody
}

export interface UpstreamFetchOptions {
  /** Longest wait for the head of a response, and for the whole body of an error. */
  readonly stallTimeoutMs: number
}

/** Unread bytes of one response after which its socket is read no further. */
const maxUnreadBytes = 64 * 1024
/** Of an error's body; a gateway's page may be long, and only its first words are told. */
const maxErrorBytes = 64 * 1024
/** So long a connection that nobody uses stays open. */
const idleMs = 10_000

/**
 * What the SDK needs of `fetch`, over node:http, for requests whose body is text: Node's own `fetch` copies each
 * body through four web streams, which takes as much memory as all the rest of an answer. Redirects are not
 * followed and compressed bodies not asked for.
 *
 * Fails where the SDK would wait or end in silence: DocentError `stall_timeout` when no head comes,
 * `upstream_invalid` for a page of HTML or JSON under status 200, and for a redirect. An abort closes the connection
 * at any time.
 */
export function upstreamFetch({stallTimeoutMs}: UpstreamFetchOptions): UpstreamFetch {
  const options = {keepAlive: true, timeout: idleMs}
  const agents = {http: new HttpAgent(options), https: new HttpsAgent(options)}
  const bodies = new WeakMap<Response, UpstreamBody>()

  async function call(
    input: unknown,
    {method = 'GET', headers, body, signal}: RequestInit = {},
  ): Promise<Response> {
    const url = new URL(String(input))
    if (body != null && typeof body !== 'string') throw new TypeError('Only bodies of text can be sent')
    signal?.throwIfAborted()
    const isSecure = url.protocol === 'https:'
    const sent = (isSecure ? httpsRequest : httpRequest)(url, {
      agent: isSecure ? agents.https : agents.http,
      method,
      headers: {...Object.fromEntries(new Headers(headers)), 'accept-encoding': 'identity'},
    })
    sent.end(body)
    return responseOf(await headOf(sent, signal ?? null, stallTimeoutMs))
  }

  async function responseOf(message: IncomingMessage): Promise<Response> {
    const status = message.statusCode ?? 0
    const head = {status, statusText: message.statusMessage ?? '', headers: headersOf(message)}
    const body = bodyOfMessage(message)
    if (status >= 300 && status < 400) {
      body.close()
      throw new DocentError(
        'upstream_invalid',
        `The model's API redirects elsewhere (${status}); set ANTHROPIC_BASE_URL to where it leads`,
      )
    }
    if (status >= 400) return new Response(await errorText(body, stallTimeoutMs), head)

    const type = head.headers.get('content-type') ?? ''
    const encoding = head.headers.get('content-encoding') ?? 'identity'
    if (/html|json|xml/i.test(type) || encoding !== 'identity') {
      body.close()
      const what = encoding === 'identity' ? type.split(';')[0] : `a body in ${encoding}`
      throw new DocentError(
        'upstream_invalid',
        `The model's API answered ${status} with ${what} instead of an event stream; check ANTHROPIC_BASE_URL`,
      )
    }
    const response = new Response(null, head)
    bodies.set(response, body)
    return response
  }

  return {
    fetch: call as typeof fetch,
    bodyOf(response) {
      const body = bodies.get(response)
      if (body === undefined) throw new TypeError('This response came from elsewhere')
      return body
    },
  }
}

/**
 * The head of the response. Of what was sent, the listeners that stay until its end hold nothing: with the sources of
 * a thousand answers that would be much.
 */
function headOf(
  sent: ClientRequest,
  signal: AbortSignal | null,
  stallTimeoutMs: number,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      sent.destroy()
      reject(signal!.reason)
    }
    signal?.addEventListener('abort', onAbort, {once: true})
    const timer = setTimeout(() => {
      sent.destroy(
        new DocentError('stall_timeout', `The model's API sent no response within ${stallTimeoutMs} ms`),
      )
    }, stallTimeoutMs)
    sent.on('error', reject)
    sent.once('response', (message) => {
      clearTimeout(timer)
      resolve(message)
    })
    sent.once('close', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    })
  })
}

function headersOf({rawHeaders}: IncomingMessage): Headers {
  const headers = new Headers()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!)
  return headers
}

function bodyOfMessage(message: IncomingMessage): UpstreamBody {
  let unread: Uint8Array[] = []
  let unreadBytes = 0
  let isOver = false
  let failure: Error | null = null
  let wake: (() => void) | null = null

  const settle = (): void => {
    wake?.()
    wake = null
  }
  message.on('data', (bytes: Uint8Array) => {
    unread.push(bytes)
    unreadBytes += bytes.length
    if (unreadBytes > maxUnreadBytes) message.pause()
    settle()
  })
  message.once('end', () => {
    isOver = true
    settle()
  })
  message.on('error', (error) => {
    failure ??= error
  })
  message.once('close', () => {
    // Closed by us, it ends; broken, Node has told the error before.
    isOver = true
    settle()
  })

  return {
    async read() {
      while (unread.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const next = unread.shift()
      if (next === undefined) {
        if (failure !== null) throw failure
        return null
      }
      unreadBytes -= next.length
      if (unreadBytes <= maxUnreadBytes && message.isPaused()) message.resume()
      return next
    },
    close() {
      if (message.complete && unread.length === 0) return
      unread = []
      message.destroy()
    },
  }
}

/** What has come of it when its time or its room is up. */
async function errorText(body: UpstreamBody, timeoutMs: number): Promise<string> {
  const timer = setTimeout(() => body.close(), timeoutMs)
  const pieces: Uint8Array[] = []
  let bytes = 0
  try {
    for (let piece = await body.read(); piece !== null; piece = await body.read()) {
      pieces.push(piece)
      bytes += piece.length
      if (bytes > maxErrorBytes) break
    }
  } catch {
    // Broken off; its status says enough.
  } finally {
    clearTimeout(timer)
    body.close()
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** The system's name of a network failure, as `ECONNRESET`; never a message, which may hold an address with a key. */
export function causeCodeOf(error: unknown): string | null {
  let current = error
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    const {code} = current as {code?: unknown}
    if (typeof code === 'string' && /^[A-Z0-9_]+$/.test(code)) return code
    current = current.cause
  }
  return null
}
