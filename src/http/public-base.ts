import type {Request} from 'express'

/** An address of a source as one that a page or a program elsewhere can open: those of this server's own pages are paths. */
export function absoluteUrl(url: string, base: string): string {
  return url.startsWith('/') ? base + url : url
}

/**
 * Where this server is reached, without a slash at the end: as it is set, else where the request was sent, else, for one that
 * names no host, its port on this machine.
 */
export function publicBase(request: Request, publicUrl: string | null): string {
  return publicUrl ?? requestBase(request) ?? `http://localhost${portOf(request)}`
}

/** The same for links in headers and in Markdown; empty where the request names no host, so that they begin at the root. */
export function linkBase(request: Request, publicUrl: string | null): string {
  if (publicUrl === null) return requestBase(request) ?? ''
  const {origin, pathname} = new URL(publicUrl)
  return origin + pathname.replace(/\/+$/, '')
}

/**
 * `Cache-Control` of a document that has addresses of this server in it. Where these follow the request, one client must
 * never get what was made for another: behind a trusted proxy a client may choose the host.
 */
export function cachingOf(publicUrl: string | null): string {
  return publicUrl === null ? 'private, no-cache' : 'public, max-age=3600'
}

/** Where a request was sent; null where it names no host, as in HTTP/1.0, or one that is none. */
function requestBase({protocol, host}: Request): string | null {
  // The types do not know a request without one.
  const name = host as string | undefined
  if (name === undefined || !/^https?$/.test(protocol)) return null
  const address = `${protocol}://${name}`
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  // A client may send anything: only a name and a port make a host.
  const isHost = url.href === `${url.origin}/` && !/[/\\?#@]/.test(name)
  return isHost ? url.origin : null
}

function portOf({socket}: Request): string {
  return socket.localPort === undefined ? '' : `:${socket.localPort}`
}
