import {columnsOf} from '../flattening/container.ts'
import type {Reading} from '../flattening/reading.ts'
import type {Tag} from '../tags.ts'
import {closeElement, elementContainer} from './elements.ts'
import {boldOf} from './markdown-text.ts'

/** Name of the container of one or more terms with their definitions. */
const group = 'definition-group'

/** `<dl>`, `<dt>` and `<dd>`: each term with its definitions is an item of a list, so that nothing comes between them. */
export function definitionElement(reading: Reading, tag: Tag): boolean {
  const {at, write} = reading
  const start = at.p
  at.advance(tag.end)
  write.break()
  if (write.isOneLine) return true
  const name = tag.name.toLowerCase()
  if (name === 'dl') definitionList(reading, tag)
  else if (name === 'dt' && tag.kind === 'open') term(reading, tag, start)
  else if (name === 'dd') elementContainer(reading, tag, name)
  at.skipSpace()
  return true
}

function definitionList(reading: Reading, tag: Tag): void {
  const {write, containers, context} = reading
  if (tag.kind === 'open') {
    const indent = columnsOf(/^[ \t]*/.exec(write.lead)![0])
    containers.open({kind: 'element', name: 'dl', indent, size: 0, strip: context.mdx ? -1 : 0})
    return
  }
  closeGroup(reading)
  if (context.mdx) closeElement(reading, 'dl')
  else {
    const list = containers.find(({name}) => name === 'dl')
    if (list) containers.close(list)
  }
}

function term(reading: Reading, tag: Tag, start: number): void {
  const {at, write, containers} = reading
  const isFurther = /<\/dt>\s*$/i.test(at.text.slice(Math.max(0, start - 200), start))
  if (!isFurther) {
    closeGroup(reading)
    const indent = columnsOf(/^[ \t]*/.exec(write.lead)![0])
    containers.open({kind: 'element', name: group, indent, size: 0, strip: 0, shownAs: 'item'})
  }
  const close = at.ahead.closingTag('dt', tag.end, Math.min(at.text.length, tag.end + 3000))
  if (!close) return
  const inner = reading.inline(at.text.slice(tag.end, close.start))
  write.block(inner === '' ? '' : boldOf(inner))
  at.advance(close.end)
}

/** Ends the terms of the innermost list. */
function closeGroup({containers}: Reading): void {
  const inner = containers.find(({name}) => name === 'dl' || name === group)
  if (inner?.name === group) containers.close(inner)
}
