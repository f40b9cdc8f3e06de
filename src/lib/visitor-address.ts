import {cleanText} from './clean-text.ts'
import {wellFormed} from './well-formed.ts'

/** Longest address of a page that is used, in UTF-16 units. */
const maxLength = 2_000

/**
 * The address of the page that a visitor is on, as `http(s)://…` or a path that begins with a slash, without what it
 * might give away: no user, no query, and no fragment that has parameters. Null for anything else, and for one that is
 * longer than 2,000 UTF-16 units.
 */
export function visitorAddressOf(text: string): string | null {
  // A URL drops line breaks and tabs by itself, wherever they are.
  const clean = cleanText(wellFormed(text)).replace(/\s+/g, '')
  const isPath = /^\/(?![/\\])/.test(clean)
  if (!isPath && !/^https?:\/\//i.test(clean)) return null
  if (!URL.canParse(clean, 'http://path.invalid')) return null
  const {origin, pathname, hash} = new URL(clean, 'http://path.invalid')
  const address = `${isPath ? '' : origin}${pathname}${keptFragment(hash)}`
  return address.length > maxLength ? null : address
}

/** A fragment that names a place. Parameters in it may be secret; the `id` of a router's section is not. */
function keptFragment(hash: string): string {
  if (!hash.startsWith('#/')) return /[=&?]/.test(hash) ? '' : hash
  const [route = '', query = ''] = hash.split('?')
  const id = new URLSearchParams(query).get('id')
  return id === null ? route : `${route}?id=${encodeURIComponent(id)}`
}
