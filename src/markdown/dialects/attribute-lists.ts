import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'

/** Attribute lists: `{: .class}`, `{ .class }`, `{ #id }`, `{ width="300" }`. */
export const attributeLists: Dialect = {
  name: 'attribute-lists',
  text: [{starts: '{', read: readAttributes}],
}

function readAttributes(reading: Reading): boolean {
  const {at, write, context} = reading
  const {text, p} = at
  const attributes = /^\{(?::|(?=\s*[.#][A-Za-z])|(?=\s*[\w-]+=["'\w]))[^{}\n]*\}/.exec(
    text.slice(p, p + 400),
  )
  if (
    attributes &&
    context.mdx !== true &&
    (/[)\]*_`]/.test(write.lastCharacter) || attributes[0][1] === ':' || /^\{\s*\.[\w-]+/.test(attributes[0]))
  ) {
    const ahead = text.slice(p + attributes[0].length, at.lineEnd()).trim()
    if (/[)\]*_`]/.test(write.lastCharacter) || ahead === '') {
      reading.note('attribute-list', 'dropped')
      const id = /#([\w.:-]+)/.exec(attributes[0])?.[1]
      if (id) context.fragments.add(id)
      at.advance(p + attributes[0].length)
      return true
    }
  }
  return false
}
