import type {Container} from '../flattening/container.ts'
import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {calloutNames} from '../jsx-text.ts'
import {callOf} from '../shortcodes.ts'
import {layoutDirectives, openCallout} from './callouts.ts'
import {docfxPart} from './docfx-parts.ts'
import {codeInclude} from './includes.ts'
import {destinationOf, imageOf} from './markdown-text.ts'
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
    {starts: ':', read: readLeaf},
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
    } else if (name === 'code') {
      const {source = '', id, range, language} = call.named
      codeInclude(reading, source, {part: docfxPart({range, name: id}), language: language ?? null})
    } else reading.note(`directive:${name}`, 'dropped')
    if (!rest.endsWith(':::') && !/-end$/.test(name))
      containers.open({kind: 'colon', name, indent, size: colons!.length, strip: 0})
    at.nextLine(end)
    return true
  }
  const isKnown = name in calloutNames || layoutDirectives.test(name)
  if (isKnown) reading.note(`directive:${name}`, 'flattened')
  else reading.note(`directive:${name}`, 'not-understood', 'an unknown name')
  const bracket = /^\[((?:[^\]\\]|\\.|\[[^\]]*\])*)\]/.exec(rest)
  const behind = bracket ? rest.slice(bracket[0].length).trim() : rest
  const words = behind
    .replace(/\{[^{}]*\}/g, '')
    .replace(/^["'](.*)["']$/, '$1')
    .trim()
  const title = bracket?.[1] ?? titleIn(behind) ?? (words === '' ? null : words)
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

/** A directive without content: `::video[Title]{src="…"}`. Its text stays, as a link if it leads somewhere. */
function readLeaf(reading: Reading, {text, end}: Line): boolean {
  const leaf = /^::([A-Za-z][\w-]*)(?:\[((?:[^\]\\]|\\.)*)\])?(\{[^{}]*\})?[ \t]*$/.exec(text)
  if (!leaf || (leaf[2] === undefined && leaf[3] === undefined)) return false
  const [, name, label, attributes = ''] = leaf
  const shown = reading.inline(label ?? titleIn(attributes) ?? '', false)
  const target = /\s?(?:to|href|link|url)=["']([^"']*)["']/.exec(attributes)?.[1]
  reading.note(`directive:${name}`, 'not-understood', 'an unknown name')
  reading.write.block(shown !== '' && target ? `[${shown}](${destinationOf(target)})` : shown)
  return reading.at.nextLine(end)
}

/** The title in the attributes of a directive. */
function titleIn(attributes: string): string | null {
  const titled = /(?:^|[\s{])(?:title|label|summary|text|description)=(?:"([^"]*)"|'([^']*)')/.exec(
    attributes,
  )
  return titled?.[1] ?? titled?.[2] ?? null
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
  const icon = /^:(?:material|octicons|fontawesome|simple|twemoji|lucide)-[\w-]+:(?:\{[^{}\n]*\})?/.exec(
    ahead,
  )
  if (icon) {
    reading.note('icon', 'dropped')
    at.skip(icon[0].length)
    if (/[[ \t]/.test(write.lastCharacter)) at.skipSpace()
    return true
  }
  const directive =
    /^::?([a-z][\w-]*)(?:\[([^\]\n]*)\](?:\{[^{}\n]*\})?|(\{\s*(?:[.#][\w-]|[\w-]+=)[^{}\n]*\}))(?!\()/i.exec(
      ahead,
    )
  if (directive && !/\w/.test(write.lastCharacter)) {
    reading.note(`directive:${directive[1]}`, 'not-understood', 'an unknown name')
    write.put(reading.inline(directive[2] ?? titleIn(directive[3]!) ?? '', false))
    at.skip(directive[0].length)
    return true
  }
  return false
}
