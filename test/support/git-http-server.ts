import {spawn} from 'node:child_process'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterEveryTest} from './after-every-test.ts'

export interface GitHttpServer {
  /** `http://127.0.0.1:…` */
  readonly origin: string
  /** The `Authorization` headers that came, decoded; empty for a request without one. */
  readonly credentials: string[]
}

export interface GitHttpOptions {
  /** `user:password` that is asked for; null asks for none. */
  readonly credentials?: string | null
  /** Answers a request in place of git; returns whether it did. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean
}

const closers: (() => void)[] = []

afterEveryTest(() => {
  for (const close of closers.splice(0)) close()
})

/** Serves the repositories below a folder by git's own server program, on a free port of this machine. */
export async function gitHttpServer(
  folder: string,
  {credentials = null, instead = () => false}: GitHttpOptions = {},
): Promise<GitHttpServer> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    const given = Buffer.from(
      request.headers.authorization?.slice('Basic '.length) ?? '',
      'base64',
    ).toString()
    seen.push(given)
    if (instead(request, response)) return
    if (credentials !== null && given !== credentials) {
      response.writeHead(401, {'www-authenticate': 'Basic realm="git"', 'content-type': 'text/plain'})
      // As a hostile server would: what it was given is in its answer.
      response.end(`no access for ${given}`)
      return
    }
    serve(folder, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return {origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, credentials: seen}
}

/** @see https://git-scm.com/docs/git-http-backend */
function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REQUEST_METHOD: request.method,
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      REMOTE_USER: '',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  request.pipe(child.stdin)
  child.stdin.on('error', () => undefined)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('close', () => {
    const all = Buffer.concat(chunks)
    const end = all.indexOf('\r\n\r\n')
    const headers = all.subarray(0, end).toString().split('\r\n')
    const status = headers.find((line) => line.startsWith('Status:'))?.slice('Status: '.length)
    for (const line of headers.filter((one) => !one.startsWith('Status:'))) {
      const at = line.indexOf(':')
      response.setHeader(line.slice(0, at), line.slice(at + 1).trim())
    }
    response.writeHead(Number.parseInt(status ?? '200', 10))
    response.end(all.subarray(end + 4))
  })
}
