import type {Container} from '../flattening/container.ts'
import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {callOf} from '../shortcodes.ts'
import {openCallout} from './callouts.ts'
import {codeInclude} from './includes.ts'
import {imageOf} from './markdown-text.ts'
import {mystDirective} from './myst-directives.ts'

/**
 * Containers between lines of colons (Docusaurus, VitePress, Starlight, DocFX) and of slashes (MkDocs), tabs between
 * `===`, and directives and icons inside a line.
 */
export const directives: Dialect = {
  name: 'directives',
  fences: [{starts: '`~:/', read: readClosing}],
  lines: [
    {starts: ':', read: readColonDirective},
    {starts: '/', read: readSlashBlock},
    {starts: '=', read: readTab},
    {starts: '@', read: readMarkedTab},
  ],
  text: [{starts: ':', read: readInline}],
}

/** MkDocs: `=== "npm"`. */
function readTab(reading: Reading, {text, indent, end}: Line): boolean {
  const {at, write, containers} = reading
  const tab = /^===[!+]?[ \t]+"((?:[^"\\]|\\.)*)"[ \t]*$/.exec(text)
  if (!tab) return false
  reading.note('tab', 'flattened')
  write.label(reading.inline(tab[1]!))
  containers.open({kind: 'indent', name: 'tab', indent, size: 0, strip: 4})
  return at.nextLine(end)
}

/** VuePress: `@tab npm` between lines of colons. */
function readMarkedTab(reading: Reading, {text, end}: Line): boolean {
  const {at, write, containers} = reading
  const tab = !containers.find(({kind}) => kind === 'colon')
    ? null
    : /^@tab(?::active)?[ \t]+(.+)$/.exec(text)
  if (!tab) return false
  write.label(reading.inline(tab[1]!.replace(/#\S+$/, '')))
  return at.nextLine(end)
}

/** A line that closes a directive. */
function readClosing(reading: Reading, {text, end}: Line): boolean {
  const {at, write, containers} = reading
  const mark = /^(`{3,}|~{3,}|:{3,}|\/{3,})$/.exec(text.trimEnd())?.[1]
  if (mark === undefined) return false
  const opened = containers.find((container) => isClosedBy(container, mark))
  if (opened) containers.close(opened)
  else if (mark[0] === ':') reading.note('directive', 'dropped', 'a closing line without an opening one')
  else return false
  write.line('')
  return at.nextLine(end)
}

function isClosedBy({kind, name, size}: Container, mark: string): boolean {
  if (mark[0] === ':') return kind === 'colon' && size <= mark.length
  if (mark[0] === '/') return kind === 'slash' && size === mark.length
  return kind === 'fence' && size <= mark.length && name[0] === mark[0]
}

function readColonDirective(reading: Reading, {text: trimmed, indent, end}: Line): boolean {
  const {at, write, containers} = reading
  const match = /^(:{3,})[ \t]*(?:\{([\w:.-]+)\}|([A-Za-z][\w-]*))?(.*)$/.exec(trimmed)
  if (!match) return false
  const [, colons, myst, plain, tail] = match
  const rest = tail!.trim()
  if (myst) {
    at.nextLine(end)
    mystDirective(reading, myst, rest, {kind: 'colon', name: myst, indent, size: colons!.length})
    return true
  }
  const name = plain ?? ''
  if (name === '') return false
  // DocFX closes on the same line: :::image source="…" alt-text="…":::
  if (rest.endsWith(':::') || /^(?:row|column|zone|moniker|zone-pivot)(?:-end)?$/.test(name)) {
    const call = callOf(`${name} ${rest.replace(/:::$/, '')}`)
    if (name === 'image') {
      const alt = call.named['alt-text'] ?? ''
      write.block(imageOf(alt, call.named['source'] ?? ''))
    } else if (name === 'code') codeInclude(reading, call.named['source'] ?? '')
    else reading.note(`directive:${name}`, 'dropped')
    if (!rest.endsWith(':::') && !/-end$/.test(name))
      containers.open({kind: 'colon', name, indent, size: colons!.length, strip: 0})
    at.nextLine(end)
    return true
  }
  reading.note(`directive:${name}`, 'flattened')
  const bracket = /^\[((?:[^\]\\]|\\.|\[[^\]]*\])*)\]/.exec(rest)
  const behind = bracket ? rest.slice(bracket[0].length).trim() : rest
  const titled = /(?:title|label|summary)=(?:"([^"]*)"|'([^']*)')/.exec(behind)
  const words = behind
    .replace(/\{[^{}]*\}/g, '')
    .replace(/^["'](.*)["']$/, '$1')
    .trim()
  const title = bracket?.[1] ?? titled?.[1] ?? titled?.[2] ?? (words === '' ? null : words)
  const shown =
    /^(?:tab|tab-item|card|step|accordion|details|dropdown|collapse)$/.test(name) && title === null
      ? ''
      : title
  at.nextLine(end)
  openCallout(reading, name === 'details' && title === null ? 'details' : name, shown, {
    kind: 'colon',
    name,
    indent,
    size: colons!.length,
    strip: 0,
  })
  return true
}

function readSlashBlock(reading: Reading, {text, indent, end}: Line): boolean {
  const {at, write, containers} = reading
  const match = /^(\/{3,})[ \t]+([\w-]+)(?:[ \t]*\|[ \t]*(.*?))?[ \t]*$/.exec(text)
  if (!match) return false
  const [, slashes, name, given] = match as unknown as [string, string, string, string | undefined]
  const title = given ?? null
  reading.note(`block:${name}`, 'flattened')
  at.nextLine(end)
  // Options are indented lines directly below.
  const options: Record<string, string> = {}
  while (at.p < at.text.length) {
    const {rest, end: stop} = at.measure(at.p)
    const option = /^[ \t]{4,}([\w-]+):[ \t]*(.*)$/.exec(rest)
    if (!option) break
    options[option[1]!] = option[2]!.trim()
    at.nextLine(stop)
  }
  const kind = {kind: 'slash', name, indent, size: slashes.length, strip: 0} as const
  if (/^(?:html|caption|figure-caption|table-caption|define|latex|math)$/.test(name)) {
    if (title && name !== 'html') write.label(reading.inline(title))
    containers.open({...kind})
  } else if (name === 'tab' || name === 'details') {
    write.label(title === null ? '' : reading.inline(title))
    containers.open({...kind})
  } else openCallout(reading, options['type'] ?? name, title, kind)
  return true
}

/** Icons and directives inside a line. */
function readInline(reading: Reading): boolean {
  const {at, write} = reading
  const ahead = at.text.slice(at.p, at.p + 400)
  const icon = /^:(?:material|octicons|fontawesome|simple|twemoji)-[\w-]+:(?:\{[^{}\n]*\})?/.exec(ahead)
  if (icon) {
    reading.note('icon', 'dropped')
    at.skip(icon[0].length)
    return true
  }
  const directive = /^::?([a-z][\w-]*)\[([^\]\n]*)\](\{[^{}\n]*\})?(?!\()/i.exec(ahead)
  if (directive && !/\w/.test(write.lastCharacter)) {
    reading.note(`directive:${directive[1]}`, 'flattened')
    write.put(reading.inline(directive[2]!, false))
    at.skip(directive[0].length)
    return true
  }
  return false
}
