import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'

/** Names in double braces whose values the configuration or the front matter sets: `{{ product.name }}`. */
export const values: Dialect = {
  name: 'values',
  text: [{starts: '{', read: readValue}],
}

/** Values in values. */
const maxDepth = 8

function readValue(reading: Reading): boolean {
  const {at, context} = reading
  const found = /^\{\{-?[ \t]*([\p{L}_][\p{L}\p{N}_.-]*)[ \t]*(?:\|[^{}\n]*)?-?\}\}/u.exec(
    at.text.slice(at.p, at.p + 300),
  )
  if (!found || !Object.hasOwn(context.site.params, found[1]!)) return false
  return writeValue(reading, found[1]!, at.p + found[0].length)
}

/** Writes a value that is known by its name, and moves behind its macro, which ends at `end`; false if it contains itself. */
export function writeValue(reading: Reading, name: string, end: number): boolean {
  const {at, write, context} = reading
  const value = context.site.params[name]!
  const mark = `value:${name}`
  if (context.stack.includes(mark) || context.stack.length > maxDepth || context.included.left < value.length)
    return false
  context.included.spend(value.length)
  reading.note('template', 'flattened')
  at.advance(end)
  context.stack.push(mark)
  write.put(reading.inline(value, false))
  context.stack.pop()
  return true
}
