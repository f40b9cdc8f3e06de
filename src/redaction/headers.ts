import {looksSecret} from './secret-values.ts'
import type {Span} from './spans.ts'

/** What a header carries, RFC 9110. */
const value = '[A-Za-z0-9._~+/=-]{8,4096}'
const header = new RegExp(
  `authorization["'\`]?\\s{0,3}[:=]{1,3}\\s{0,3}[bfr]?["'\`]?(?:(?:bearer|basic|token|digest|apikey|api-key|negotiate|key)\\s{1,3})?(${value})`,
  'gi',
)
const scheme = new RegExp(`(?<![\\p{L}\\p{N}_-])(bearer|basic)\\s{1,3}(${value})`, 'giu')

/** `"auth": "…"`, as in the settings of Docker: user and password in Base64. */
const auth = new RegExp(`(?<![\\p{L}\\p{N}])auth["'\`]\\s{0,3}:\\s{0,3}["'\`](${value})(?=["'\`])`, 'giu')

/** Credentials in headers: `Authorization: Bearer …`, and `Bearer …` or `Basic …` alone. */
export function findHeaders(text: string): Span[] {
  const headers = [...text.matchAll(header)].filter(({1: own = ''}) => looksSecret(own, 8))
  const alone = [...text.matchAll(scheme)].filter(({1: named = '', 2: own = ''}) =>
    /bearer/i.test(named) ? /\d/.test(own) && looksSecret(own, 8) : isUserAndPassword(own),
  )
  const stored = [...text.matchAll(auth)].filter(({1: own = ''}) => isUserAndPassword(own))
  return [...headers, ...alone, ...stored].map((match) => {
    const own = match.at(-1)!.replace(/[.]+$/, '')
    const start = match.index + match[0].length - match.at(-1)!.length
    return {start, end: start + own.length}
  })
}

function isUserAndPassword(base64: string): boolean {
  return (
    /^[A-Za-z0-9+/]+=*$/.test(base64) &&
    /^[\x20-\x7e]+:[\x20-\x7e]*$/.test(Buffer.from(base64, 'base64').toString('latin1'))
  )
}
