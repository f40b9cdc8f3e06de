import {bracketedCodeEnd} from '../code-end.ts'
import {columnsOf, type Opening} from '../flattening/container.ts'
import type {Reading} from '../flattening/reading.ts'
import {groupLabels} from '../jsx-text.ts'
import type {Tag} from '../tags.ts'

/** Opens or closes an element as a container: in MDX its content is indented and is still Markdown. */
export function elementContainer(reading: Reading, tag: Tag, name: string): void {
  const {at, write, containers} = reading
  if (tag.kind === 'open' && /^[ \t]*(?:\n|$)/.test(at.text.slice(at.p, at.lineEnd() + 1))) {
    containers.open({
      kind: 'element',
      name,
      indent: columnsOf(/^[ \t]*/.exec(write.lead)![0]),
      size: 0,
      strip: -1,
    })
  } else if (tag.kind === 'close') closeElement(reading, name)
}

/** Opens a component as a container, up to its closing tag. */
export function openComponent(
  {write, containers}: Reading,
  tag: Tag,
  shown: Pick<Opening, 'shownAs' | 'after'>,
): void {
  containers.open({
    kind: 'element',
    name: tag.name,
    indent: columnsOf(/^[ \t]*/.exec(write.lead)![0]),
    size: 0,
    strip: -1,
    labels: groupLabels(tag),
    ...shown,
  })
}

/** Closes the innermost open element of this name; false if there is none. */
export function closeElement(reading: Reading, name: string): boolean {
  const {write, containers} = reading
  const opened = containers.find((container) => container.kind === 'element' && container.name === name)
  if (!opened) return false
  if (!reading.isInline) {
    write.newLine()
    containers.close(opened)
    write.leaveBlock(' '.repeat(containers.listOffset))
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
export function isPlaceholder(reading: Reading, tag: Tag): boolean {
  const {at, context} = reading
  if (tag.attributes.length > 0 || tag.kind === 'self-closing' || tag.name === '') return false
  const {name} = tag
  if (context.imports.has(name)) return false
  if (tag.kind === 'close') return !(reading.isInline || at.ahead.isOpenedBefore(name, at.p))
  return !at.ahead.closingTag(name, tag.end, Math.min(at.text.length, tag.end + 200_000))
}
