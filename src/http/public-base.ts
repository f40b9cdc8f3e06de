import type {Request} from 'express'

/** An address of a source as one that a page or a program elsewhere can open: those of this server's own pages are paths. */
export function absoluteUrl(url: string, base: string): string {
  return url.startsWith('/') ? base + url : url
}

/** Where this server is reached, without a slash at the end: as it is set, else where the request was sent. */
export function publicBase(request: Request, publicUrl: string | null): string {
  return publicUrl ?? `${request.protocol}://${request.host}`
}

/** The same for links in headers and in Markdown; empty where the request names a host that is none. */
export function linkBase(request: Request, publicUrl: string | null): string {
  const base = publicBase(request, publicUrl)
  if (!URL.canParse(base)) return ''
  const {origin, pathname} = new URL(base)
  return origin === 'null' ? '' : origin + pathname.replace(/\/+$/, '')
}
