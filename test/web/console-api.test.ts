import {createServer, type RequestListener, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterEach, expect, test, vi} from 'vitest'
import {send} from '../../src/web/console/api.ts'

let server: Server | undefined

/** Requests of the console go to a server that answers so. */
async function serve(answer: RequestListener): Promise<void> {
  server = createServer(answer)
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const {fetch} = globalThis
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => fetch(base + path, init))
}

afterEach(() => {
  vi.unstubAllGlobals()
  server?.closeAllConnections()
  server?.close()
})

test.each<[string, RequestListener]>([
  [
    'a page of a proxy',
    (_request, response) => void response.end('<!doctype html><title>Sign in to Wi-Fi</title>'),
  ],
  ['half of the JSON', (_request, response) => void response.end('{"review": {"verdict": "go')],
  [
    'a body that breaks off',
    (_request, response) => {
      response.writeHead(200, {'content-length': '1000'})
      response.write('{"review": ', () => response.destroy())
    },
  ],
  ['nothing, on a connection that is cut', (_request, response) => void response.destroy()],
])('%s counts as a server that cannot be reached', async (_name, answer) => {
  await serve(answer)
  await expect(send('/transcripts')).rejects.toMatchObject({
    name: 'ApiError',
    status: 0,
    code: 'unreachable',
    message: expect.stringMatching(/Try again\.$/),
  })
})

test.each<[string, RequestListener]>([
  ['before its headers', () => {}],
  ['in the middle of its body', (_request, response) => void response.writeHead(200).write('{')],
])('a server that hangs %s is given up after a time', async (_name, answer) => {
  await serve(answer)
  const sent = send('/transcripts', {timeLimitMs: 200})
  await expect(sent).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('has not answered'),
  })
})

test('a request that is no longer wanted fails with the reason for that', async () => {
  await serve(() => {})
  const leaving = new AbortController()
  const sent = send('/transcripts', {signal: leaving.signal})
  leaving.abort(new Error('left'))
  await expect(sent).rejects.toThrow('left')
})

test('a refusal is told by its code and its words, a body without any is null', async () => {
  await serve((request, response) => {
    if (request.url === '/api/admin/none') return void response.writeHead(204).end()
    response.writeHead(409).end('{"error": {"code": "conflict", "message": "Somebody else."}}')
  })
  expect(await send('/none')).toBeNull()
  await expect(send('/x')).rejects.toMatchObject({status: 409, code: 'conflict', message: 'Somebody else.'})
})
