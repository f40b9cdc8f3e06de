import {columnsOf} from '../flattening/container.ts'
import type {Pass} from '../flattening/pass.ts'
import {attributeOf, calloutNames, componentText, groupLabels} from '../jsx-text.ts'
import type {Tag} from '../tags.ts'
import {closeElement} from './elements.ts'
import {image} from './html-inline.ts'
import {includeWhole} from './includes.ts'
import {capital, destinationOf} from './markdown-text.ts'

/** A component of JSX, or a custom element: the texts in its properties, then what stands in it. */
export function component(pass: Pass, tag: Tag): boolean {
  const key = tag.name.toLowerCase().split('.').at(-1)!
  const construct = `jsx:${tag.name}`
  const lineRest = pass.text.slice(tag.end, pass.lineEnd(tag.end)).trim()
  const wasEmpty = !pass.hasContent
  if (tag.kind === 'close') {
    const own = pass.stack.findLastIndex(
      (container) => container.kind === 'element' && container.name === tag.name,
    )
    pass.advance(tag.end)
    if (own >= 0) closeElement(pass, tag.name)
    else if (wasEmpty) pass.break()
    if (own >= 0 || wasEmpty) pass.skipSpace()
    return true
  }
  const file = pass.context.imports.get(tag.name)
  if (file !== undefined || (key === 'snippet' && attributeOf(tag, 'file') !== null)) {
    const spec = file ?? `snippets/${attributeOf(tag, 'file')}`
    pass.advance(tag.end)
    pass.break()
    includeWhole(pass, spec, 'include')
    pass.current = pass.prefix
    return true
  }
  const {label, texts, href, unread} = componentText(tag)
  if (/^(?:img|image|picture|themedimage|screenshot|zoomimage)$/.test(key)) {
    pass.note(construct, 'flattened')
    image(pass, tag)
    return true
  }
  const isBlock =
    !pass.isOneLine() &&
    wasEmpty &&
    (lineRest === '' ||
      lineRest.endsWith(`</${tag.name}>`) ||
      (tag.kind === 'self-closing' && lineRest === ''))
  const group = pass.stack.at(-1)
  const given = label ?? (isTabName(tag.name) ? (group?.labels.shift() ?? null) : null)
  const title = given ?? (key in calloutNames ? calloutNames[key]! || calloutTitle(tag) : null)
  const shown = [...(title ? [title] : []), ...texts]
  const own = pass.context.components.get(tag.name)
  if (own !== undefined && tag.kind === 'self-closing') return ownComponent(pass, tag, own)
  if (tag.kind === 'self-closing' && shown.length === 0)
    pass.note(construct, 'not-understood', 'it has no text of its own', unread)
  else if (unread !== '') pass.note(construct, 'not-understood', 'code in its properties', unread)
  else pass.note(construct, 'flattened')

  pass.advance(tag.end)
  if (!isBlock) {
    // A tooltip's own words come first; then what only shows on hovering.
    if (shown.length > 0) pass.put(`${pass.hasContent ? ' ' : ''}${pass.inline(shown.join(' '), false)} `)
    return true
  }
  pass.break()
  if (tag.kind === 'open' && lineRest === '') {
    const indent = columnsOf(/^[ \t]*/.exec(pass.prefix)![0])
    pass.open({
      kind: 'element',
      name: tag.name,
      indent,
      size: 0,
      strip: -1,
      quote: key in calloutNames && key !== 'example' && key !== 'summary',
      labels: [...groupLabels(tag)],
    })
  }
  if (title) {
    const text = pass.inline(title, false)
    const bold = /[*\\]/.test(text) ? text : `**${text}**`
    pass.put(href && !text.includes('](') ? `[${bold}](${destinationOf(href)})` : bold)
    pass.break()
  }
  for (const text of texts) {
    pass.put(pass.inline(text, false))
    pass.break()
  }
  pass.skipSpace()
  return true
}

/** A component that the page itself defines: what it shows stands in its definition. */
function ownComponent(pass: Pass, tag: Tag, markup: string): boolean {
  pass.note(`jsx:${tag.name}`, 'flattened', 'defined on the page')
  pass.advance(tag.end)
  pass.nested(markup)
  return true
}

function isTabName(name: string): boolean {
  return /(?:^|\.)Tab(?:Item|Panel|s?Content)?$/.test(name)
}

function calloutTitle(tag: Tag): string {
  const type = attributeOf(tag, 'type') ?? attributeOf(tag, 'variant') ?? attributeOf(tag, 'intent') ?? ''
  return calloutNames[type.toLowerCase()] ?? capital(type)
}
