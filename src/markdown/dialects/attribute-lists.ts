import type {Dialect} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'

/** Attribute lists: `{: .class}`, `{ .class }`, `{ #id }`, `{ width="300" }`. */
export const attributeLists: Dialect = {
  name: 'attribute-lists',
  text: [{starts: '{', read: readAttributes}],
}

function readAttributes(pass: Pass): boolean {
  const {text, p} = pass
  const attributes = /^\{(?::|(?=\s*[.#][A-Za-z])|(?=\s*[\w-]+=["'\w]))[^{}\n]*\}/.exec(
    text.slice(p, p + 400),
  )
  if (
    attributes &&
    pass.context.mdx !== true &&
    (/[)\]*_`]/.test(pass.current.at(-1) ?? '') ||
      attributes[0][1] === ':' ||
      /^\{\s*\.[\w-]+/.test(attributes[0]))
  ) {
    const ahead = text.slice(p + attributes[0].length, pass.lineEnd()).trim()
    if (/[)\]*_`]/.test(pass.current.at(-1) ?? '') || ahead === '') {
      pass.note('attribute-list', 'dropped')
      const id = /#([\w.:-]+)/.exec(attributes[0])?.[1]
      if (id) pass.context.fragments.add(id)
      pass.advance(p + attributes[0].length)
      return true
    }
  }
  return false
}
