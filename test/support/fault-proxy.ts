import {once} from 'node:events'
import {createServer, type IncomingMessage, request as requestOf, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

export interface FaultProxyOptions {
  /** Returns a response to send in place of the server's; null passes the request on. */
  readonly instead?: (request: SeenRequest) => Instead | null
  /** Whether the response is lost after the server has begun to send it. */
  readonly loses?: (request: SeenRequest) => boolean
  /** Replaces the server's own policy on pages. */
  readonly contentSecurityPolicy?: string
}

export interface Instead {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** A request as received, with its JSON body or null. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Readonly<Record<string, unknown>> | null
}

export interface FaultProxy {
  readonly url: string
  /** All requests, in order. */
  readonly seen: readonly SeenRequest[]
  /** Breaks all event streams once this number of deltas has been passed on since the start. */
  cutAfter(deltas: number): Promise<void>
  /** While true, the API cannot be reached, as if the network were down. */
  setUnreachable(isUnreachable: boolean): void
  close(): Promise<void>
}

/** A proxy between a reader and the server: passes everything on, except for the faults that it is configured to make. */
export async function startFaultProxy(target: string, options: FaultProxyOptions = {}): Promise<FaultProxy> {
  const seen: SeenRequest[] = []
  const streams = new Set<ServerResponse>()
  let isUnreachable = false
  let passedOn = 0
  let onDeltas = (): void => {}

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const {method = 'GET', url = '/', headers} = incoming
    const path = url.split('?')[0]!
    const bytes = Buffer.concat(await incoming.toArray())
    const request: SeenRequest = {method, path, headers, body: jsonOf(bytes)}
    seen.push(request)
    if (isUnreachable && path.startsWith('/api/')) return void incoming.socket.destroy()
    const own = options.instead?.(request) ?? null
    if (own !== null) return void response.writeHead(own.status, withPolicy(own.headers ?? {})).end(own.body)

    // Uncompressed: on one machine, compressing a file takes longer than sending it.
    const plain = {...headers, 'accept-encoding': 'identity'}
    const passed = requestOf(new URL(url, target), {method, headers: plain})
    response.once('close', () => passed.destroy())
    passed.once('error', () => response.destroy())
    passed.end(bytes)
    const [reply] = (await once(passed, 'response')) as [IncomingMessage]
    if (options.loses?.(request)) {
      await once(reply, 'data')
      return void response.destroy()
    }
    response.writeHead(reply.statusCode!, withPolicy(reply.headers))
    if (!reply.headers['content-type']?.startsWith('text/event-stream')) return void reply.pipe(response)
    streams.add(response)
    response.once('close', () => streams.delete(response))
    reply.once('error', () => response.destroy())
    reply.once('end', () => response.end())
    let rest = ''
    reply.setEncoding('utf8').on('data', (text: string) => {
      response.write(text)
      const frames = (rest + text).split('\n\n')
      rest = frames.pop()!
      passedOn += frames.filter((frame) => frame.includes('event: delta\n')).length
      onDeltas()
    })
  }

  function cut(): void {
    for (const response of streams) response.destroy()
  }

  function withPolicy(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
    const policy = options.contentSecurityPolicy
    const isPage = headers['content-type']?.startsWith('text/html')
    return policy !== undefined && isPage ? {...headers, 'content-security-policy': policy} : headers
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async cutAfter(deltas) {
      while (passedOn < deltas) {
        await new Promise<void>((resolve) => {
          onDeltas = resolve
        })
      }
      cut()
    },
    setUnreachable(value) {
      isUnreachable = value
      if (value) cut()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return proxy
}

function jsonOf(bytes: Buffer): Record<string, unknown> | null {
  try {
    return JSON.parse(String(bytes)) as Record<string, unknown>
  } catch {
    return null
  }
}
