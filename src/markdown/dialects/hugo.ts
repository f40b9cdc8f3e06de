import {columnsOf} from '../flattening/container.ts'
import type {Dialect} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {calloutNames, readsAsProse} from '../jsx-text.ts'
import {calloutShortcodes, type Shortcode, shortcodeAt, silentShortcodes} from '../shortcodes.ts'
import {type OpenShortcode, shortcodeReaders} from './hugo-shortcodes.ts'
import {shortcodeValue} from './hugo-values.ts'
import {includeWhole} from './includes.ts'
import {boldOf} from './markdown-text.ts'

/** The shortcodes of Hugo, of its well-known themes and of the Kubernetes site. */
export const hugo: Dialect = {
  name: 'hugo',
  text: [{starts: '{', read: readShortcode}],
}

function readShortcode(pass: Pass): boolean {
  const found = pass.text.startsWith('{{', pass.p) ? shortcodeAt(pass.text, pass.p) : null
  if (!found) return false
  if ('escaped' in found) {
    pass.put(found.escaped.replace(/[<*_[\]]/g, '\\$&'))
    pass.advance(found.end)
  } else if (found.kind === 'close') closeShortcode(pass, found)
  else if (!printValue(pass, found)) openShortcode(pass, found)
  return true
}

/** Writes the value of a shortcode that prints one; false if it does not. */
function printValue(pass: Pass, call: Shortcode): boolean {
  const {name, named} = call
  let shown = shortcodeValue(pass, call)
  if (shown === null) return false
  if ((name === 'glossary_tooltip' || name === 'glossary-term') && shown === '')
    shown = (named['term_id'] ?? '').replace(/-/g, ' ')
  if (shown === '') pass.note(`shortcode:${name}`, 'not-understood', 'its value is not in the page')
  else pass.note(`shortcode:${name}`, 'flattened')
  pass.put(shown.replace(/[<[\]]/g, '\\$&'))
  pass.advance(call.end)
  return true
}

function closeShortcode(pass: Pass, {name, end}: Shortcode): void {
  pass.advance(end)
  const n = pass.stack.findLastIndex((container) => container.kind === 'shortcode' && container.name === name)
  if (n < 0) return
  if (pass.hasContent) pass.endLine()
  pass.close(n, true)
  pass.current = ''
  pass.hasContent = false
  pass.prefix = /^[ \t]*/.exec(pass.prefix)![0]
  pass.current = pass.prefix
  pass.blank()
  pass.skipSpace()
}

function openShortcode(pass: Pass, call: Shortcode): void {
  const {name} = call
  const key = name.toLowerCase().split('/').at(-1)!
  const construct = `shortcode:${name}`
  const close = call.kind === 'self-closing' ? null : pass.ahead.closingShortcode(name, call.end)
  const inner = close ? pass.text.slice(call.end, close.start) : null
  const after = close ? close.end : call.end
  if (key === 'comment' || silentShortcodes.has(name) || silentShortcodes.has(key)) {
    pass.note(construct, 'dropped')
    pass.advance(key === 'comment' ? after : call.end)
    return
  }
  const open: OpenShortcode = {...call, key, construct, inner, after}
  if (!shortcodeReaders.get(key)?.(pass, open)) readContainer(pass, open)
}

/** Any other shortcode: its label, then its content. */
function readContainer(pass: Pass, call: OpenShortcode): void {
  const {name, key, construct, named, positional, inner} = call
  const indent = columnsOf(/^[ \t]*/.exec(pass.prefix)![0])
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
  const isWhole = inner !== null && (inner.includes('\n') || !pass.hasContent)
  pass.advance(call.end)
  if (inner === null && label === null && others.length === 0 && !isCallout && !layoutShortcodes.test(key)) {
    const values = [...positional, ...Object.values(named)]
    pass.note(construct, 'not-understood', undefined, values.filter(readsAsProse).join(' '))
    return
  }
  pass.note(construct, 'flattened')
  if (inner !== null && !isWhole) {
    if (title) pass.put(`${title}: `)
    return
  }
  pass.break()
  if (inner !== null) pass.open({kind: 'shortcode', name, indent, size: 0, strip: 0, quote: isCallout})
  if (title) {
    pass.put(boldOf(pass.inline(title, false)))
    pass.break()
  }
  for (const text of others) {
    pass.put(pass.inline(text, false))
    pass.break()
  }
  if (named['include'] && inner === null) {
    includeWhole(pass, named['include'], construct, ['includes'])
    pass.current = pass.prefix
  }
  pass.skipSpace()
}

function labelOf({key, named, positional}: OpenShortcode, isCallout: boolean): string | null {
  if (key === 'tab')
    return named['name'] ?? named['header'] ?? named['title'] ?? named['tabName'] ?? positional[0] ?? null
  const given =
    named['title'] ?? named['caption'] ?? named['summary'] ?? named['header'] ?? named['heading'] ?? null
  if (given !== null || !(isCallout || key === 'details' || key === 'step' || key === 'expand')) return given
  return positional.filter((text) => !kinds.test(text)).join(' ') || null
}

/** Words for the kind of a callout, which are not its title. */
const kinds = /^(?:info|warning|tip|note|danger|success|primary|open|false|true)$/

const layoutShortcodes =
  /^(?:tabs?|tabpane|table|details|expand|steps?|cards?|columns?|column|section|blocks|rawhtml|div|md|markdown|hint|capture|steps)$/
