import {once} from 'node:events'
import {existsSync, readFileSync, statSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {extname, join} from 'node:path'

export interface FolderServer {
  readonly url: string
  /** What a text has in place of each key, from the next request on. */
  replacements: Readonly<Record<string, string>>
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

/** Serves a built site at a free port of this machine, as static hosts do: `/a` is `a.html` or `a/index.html`. */
export async function serveFolder(folder: string): Promise<FolderServer> {
  const served: FolderServer = {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    replacements: {},
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://localhost').pathname)
    const file = fileAt(folder, path)
    const type = types[file === null ? '.html' : extname(file)] ?? 'application/octet-stream'
    response.writeHead(file === null ? 404 : 200, {'content-type': type, 'cache-control': 'no-store'})
    if (file === null) response.end('<!doctype html><title>404</title>')
    else
      response.end(
        /text|json/.test(type)
          ? replaced(readFileSync(file, 'utf8'), served.replacements)
          : readFileSync(file),
      )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return served
}

function fileAt(folder: string, path: string): string | null {
  const base = join(folder, path)
  const isFile = (file: string): boolean => existsSync(file) && statSync(file).isFile()
  return [base, `${base.replace(/\/$/, '')}.html`, join(base, 'index.html')].find(isFile) ?? null
}

function replaced(text: string, replacements: FolderServer['replacements']): string {
  return Object.entries(replacements).reduce((all, [from, to]) => all.replaceAll(from, to), text)
}
