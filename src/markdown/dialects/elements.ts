import {bracketedCodeEnd} from '../code-end.ts'
import {columnsOf} from '../flattening/container.ts'
import type {Pass} from '../flattening/pass.ts'
import {groupLabels} from '../jsx-text.ts'
import type {Tag} from '../tags.ts'

/** Opens or closes an element as a container: in MDX its content is indented and is still Markdown. */
export function elementContainer(pass: Pass, tag: Tag, name: string): void {
  if (tag.kind === 'open' && /^[ \t]*(?:\n|$)/.test(pass.text.slice(pass.p, pass.lineEnd() + 1))) {
    pass.open({
      kind: 'element',
      name,
      indent: columnsOf(/^[ \t]*/.exec(pass.prefix)![0]),
      size: 0,
      strip: -1,
      quote: false,
    })
  } else if (tag.kind === 'close') closeElement(pass, name)
}

/** Opens a component as a container, up to its closing tag. */
export function openComponent(pass: Pass, tag: Tag, {quote = false, after = ''}): void {
  pass.open({
    kind: 'element',
    name: tag.name,
    indent: columnsOf(/^[ \t]*/.exec(pass.prefix)![0]),
    size: 0,
    strip: -1,
    quote,
    labels: [...groupLabels(tag)],
    after,
  })
}

/** Closes the innermost open element of this name; false if there is none. */
export function closeElement(pass: Pass, name: string): boolean {
  const n = pass.stack.findLastIndex((container) => container.kind === 'element' && container.name === name)
  if (n < 0) return false
  if (!pass.options.inline) {
    if (pass.hasContent) pass.endLine()
    pass.current = ''
    pass.hasContent = false
    pass.close(n, true)
    pass.prefix = ' '.repeat(Math.max(0, pass.listOffsets.at(-1) ?? 0))
    pass.current = pass.prefix
    pass.blank()
  }
  return true
}

/** Whether a value was closed by an unrelated quote or brace, in another paragraph or tag: then it is not a tag. */
export function hasStrayValue(tag: Tag): boolean {
  return tag.attributes.some(({name, value, isCode}) => {
    if (value === null) return false
    if (!isCode && value.includes('\n') && value.includes(`<${tag.name} `)) return true
    if (!/\n[ \t]*\n/.test(value))
      return !isCode && /^(?:href|src|class|id)$/i.test(name) && tagInside.test(value)
    if (isCode) return bracketedCodeEnd(`{${value}}`, 0).end < 0
    return /^[a-z]/.test(tag.name) || tagInside.test(value) || fenceInside.test(value)
  })
}

const fenceInside = /^[ \t]*(?:`{3}|~{3})/m

/** A tag, but not a shortcode (`{{<`), which values may contain. */
const tagInside = /(?<!\{)<\/?[A-Za-z]/

/** Whether a tag is a placeholder in prose, such as `<your-name>`: an unknown element without attributes that is never closed. */
export function isPlaceholder(pass: Pass, tag: Tag): boolean {
  if (tag.attributes.length > 0 || tag.kind === 'self-closing' || tag.name === '') return false
  const {name} = tag
  if (pass.context.imports.has(name)) return false
  if (tag.kind === 'close') return !(pass.options.inline || pass.ahead.isOpenedBefore(name, pass.p))
  return !pass.ahead.closingTag(name, tag.end, Math.min(pass.text.length, tag.end + 200_000))
}
