import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'

/** Attribute lists: `{: .class}`, `{ .class }`, `{ #id }`, `{ width="300" }`. */
export const attributeLists: Dialect = {
  name: 'attribute-lists',
  text: [{starts: '{', read: readAttributes}],
}

function readAttributes(reading: Reading): boolean {
  const {at, write, context} = reading
  if (context.mdx === true) return false
  const list = /^\{(?::|(?=\s*[.#][A-Za-z])|(?=\s*[\w-]+=["'\w]))[^{}\n]*\}/.exec(
    at.text.slice(at.p, at.p + 400),
  )?.[0]
  if (list === undefined) return false
  const isBehindMark = /[)\]*_`]/.test(write.lastCharacter)
  const isLast = at.text.slice(at.p + list.length, at.lineEnd()).trim() === ''
  if (!isBehindMark && !(isLast && /^\{(?::|\s*[.#])/.test(list))) return false
  reading.note('attribute-list', 'dropped')
  const id = /#([\w.:-]+)/.exec(list)?.[1]
  if (id) context.fragments.add(id)
  at.skip(list.length)
  write.leaveNoLine()
  return true
}
