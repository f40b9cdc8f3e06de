import {looksSecret} from './secret-values.ts'
import type {Span} from './spans.ts'

/** `Set-Cookie: `, `"Cookie": "`, `document.cookie = "`, `curl -b "` */
const head = /cookie\\{0,3}["'`]?\s{0,3}[:=]\s{0,3}\\{0,3}["'`]?|(?<=\s)(?:-b|--cookie)[ =]["']?/giu
const pair = /([\w.$-]{1,128})=("?)([^\s;,"'`\\<>]{0,4096})\2(?:;\s{0,3}|(?=\s|["'`\\]|$))/y
/** Attributes of a cookie that have a value; those that have none end a cookie as well. */
const attribute = /^(?:path|domain|expires|max-age|samesite|priority)$/i

/** Values of cookies that look like a secret: the ids of sessions, tokens. */
export function findCookies(text: string): Span[] {
  const spans: Span[] = []
  let from = 0
  for (const {0: found, index} of text.matchAll(head)) {
    // What stands in the value of a cookie has been read.
    if (index < from) continue
    pair.lastIndex = index + found.length
    for (let match = pair.exec(text); match !== null; match = pair.exec(text)) {
      const [, name = '', mark = '', value = ''] = match
      from = pair.lastIndex
      const start = match.index + name.length + 1 + mark.length
      if (!attribute.test(name) && looksSecret(value, 8)) spans.push({start, end: start + value.length})
    }
  }
  return spans
}
