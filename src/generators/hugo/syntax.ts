import {
  boldOf,
  calloutNames,
  columnsOf,
  type Dialect,
  includeWhole,
  type Reading,
  readsAsProse,
  type Shortcode,
  shortcodeAt,
  shortcodeValue,
} from '../../markdown/dialect-kit.ts'
import {calloutShortcodes, type OpenShortcode, shortcodeReaders, silentShortcodes} from './shortcodes.ts'

/** The shortcodes of Hugo, of its well-known themes and of the Kubernetes site. */
export const hugoShortcodes: Dialect = {
  name: 'hugo',
  text: [{starts: '{', read: readShortcode}],
}

function readShortcode(reading: Reading): boolean {
  const {at, write} = reading
  const found = at.text.startsWith('{{', at.p) ? shortcodeAt(at.text, at.p) : null
  if (!found) return false
  if ('escaped' in found) {
    write.put(found.escaped.replace(/[<*_[\]]/g, '\\$&'))
    at.advance(found.end)
  } else if (found.kind === 'close') closeShortcode(reading, found)
  else if (!printValue(reading, found)) openShortcode(reading, found)
  return true
}

/** Writes the value of a shortcode that prints one; false if it does not. */
function printValue(reading: Reading, call: Shortcode): boolean {
  const {at, write} = reading
  const {name, named} = call
  let shown = shortcodeValue(reading, call)
  if (shown === null) return false
  if ((name === 'glossary_tooltip' || name === 'glossary-term') && shown === '')
    shown = (named['term_id'] ?? '').replace(/-/g, ' ')
  if (shown === '') reading.note(`shortcode:${name}`, 'not-understood', 'its value is not in the page')
  else reading.note(`shortcode:${name}`, 'flattened')
  write.put(shown.replace(/[<[\]]/g, '\\$&'))
  at.advance(call.end)
  return true
}

function closeShortcode({at, write, containers}: Reading, {name, end}: Shortcode): void {
  at.advance(end)
  const opened = containers.find((container) => container.kind === 'shortcode' && container.name === name)
  if (!opened) return
  write.newLine()
  containers.close(opened)
  write.leaveBlock(/^[ \t]*/.exec(write.lead)![0])
  at.skipSpace()
}

function openShortcode(reading: Reading, call: Shortcode): void {
  const {at} = reading
  const {name} = call
  const key = name.toLowerCase().split('/').at(-1)!
  const construct = `shortcode:${name}`
  const close = call.kind === 'self-closing' ? null : at.ahead.closingShortcode(name, call.end)
  const inner = close ? at.text.slice(call.end, close.start) : null
  const after = close ? close.end : call.end
  if (key === 'comment' || silentShortcodes.has(name) || silentShortcodes.has(key)) {
    reading.note(construct, 'dropped')
    at.advance(key === 'comment' ? after : call.end)
    return
  }
  const open: OpenShortcode = {...call, key, construct, inner, after}
  if (!shortcodeReaders.get(key)?.(reading, open)) readContainer(reading, open)
}

/** Any other shortcode: its label, then its content. */
function readContainer(reading: Reading, call: OpenShortcode): void {
  const {at, write, containers} = reading
  const {name, key, construct, named, positional, inner} = call
  const indent = columnsOf(/^[ \t]*/.exec(write.lead)![0])
  const isCallout = calloutShortcodes.has(key)
  const label = labelOf(call, isCallout)
  const title =
    label ??
    (isCallout
      ? calloutNames[key] || calloutNames[named['color'] ?? named['type'] ?? positional[0] ?? ''] || ''
      : '')
  const others = ['text', 'subtitle', 'description', 'alt']
    .map((wanted) => named[wanted])
    .filter((text): text is string => !!text && text !== label)
  const isWhole = inner !== null && (inner.includes('\n') || !write.hasContent)
  at.advance(call.end)
  if (inner === null && label === null && others.length === 0 && !isCallout && !layoutShortcodes.test(key)) {
    if (showFrontMatter(reading, call)) return
    const values = [...positional, ...Object.values(named)]
    reading.note(construct, 'not-understood', undefined, values.filter(readsAsProse).join(' '))
    return
  }
  const isKnown = isCallout || layoutShortcodes.test(key) || isTab.test(key)
  if (isKnown) reading.note(construct, 'flattened')
  else reading.note(construct, 'not-understood', 'an unknown name')
  if (inner !== null && !isWhole) {
    if (title) write.put(`${title}: `)
    return
  }
  write.break()
  if (inner !== null)
    containers.open({
      kind: 'shortcode',
      name,
      indent,
      size: 0,
      strip: 0,
      shownAs: isCallout ? 'quote' : 'text',
    })
  if (title) {
    write.put(boldOf(reading.inline(title, false)))
    write.break()
  }
  for (const text of others) {
    write.put(reading.inline(text, false))
    write.break()
  }
  if (named['include'] && inner === null) includeWhole(reading, named['include'], construct, ['includes'])
  at.skipSpace()
}

/** Names of texts in data that readers see. */
const textNames = /^(?:title|label|name|heading|subtitle|description|summary|text|content)$/

/** A shortcode that names a key of the front matter, such as `key="cards"`: the texts there, one line for each group. */
function showFrontMatter(reading: Reading, {named, construct}: OpenShortcode): boolean {
  const {context, write} = reading
  const key = named['key'] ?? named['data'] ?? ''
  const groups = new Map<string, string[]>()
  for (const [path, text] of Object.entries(context.site.params)) {
    const [, group, name] = /^(.*)\.([^.]+)$/.exec(path) ?? []
    if (group === undefined || key === '' || !`${path}.`.startsWith(`${key}.`) || !textNames.test(name!))
      continue
    groups.set(group, [...(groups.get(group) ?? []), text])
  }
  if (groups.size === 0) return false
  reading.note(construct, 'flattened', 'texts of the front matter')
  write.break()
  write.lines([...groups.values()].map((texts) => ({text: `- ${reading.inline(texts.join(': '), false)}`})))
  write.blank()
  return true
}

function labelOf({key, named, positional}: OpenShortcode, isCallout: boolean): string | null {
  if (isTab.test(key))
    return named['name'] ?? named['header'] ?? named['title'] ?? named['tabName'] ?? positional[0] ?? null
  const given =
    ['title', 'caption', 'summary', 'header', 'heading', 'question', 'label']
      .map((name) => named[name])
      .find((text) => text !== undefined) ?? null
  if (given !== null || !(isCallout || key === 'details' || key === 'step' || key === 'expand')) return given
  return positional.filter((text) => !kinds.test(text)).join(' ') || null
}

/** One of several tabs, and what it shows. */
const isTab = /^tab(?:-?(?:content|item|panel|body))?$/

/** Words for the kind of a callout, which are not its title. */
const kinds = /^(?:info|warning|tip|note|danger|success|primary|open|false|true)$/

const layoutShortcodes =
  /^(?:tabs?|tabpane|table|responsive-table|details|collapse|expand|qa|qa-list|steps?|cards?|columns?|column|section|blocks|rawhtml|div|md|markdown|hint|capture|steps)$/
