import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {callOf} from '../shortcodes.ts'
import {label, openCallout} from './callouts.ts'
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
function readTab(pass: Pass, {text, indent, end}: Line): boolean {
  const tab = /^===[!+]?[ \t]+"((?:[^"\\]|\\.)*)"[ \t]*$/.exec(text)
  if (!tab) return false
  pass.note('tab', 'flattened')
  label(pass, pass.inline(tab[1]!))
  pass.open({kind: 'indent', name: 'tab', indent, size: 0, strip: 4, quote: false})
  return pass.endConstruct(end)
}

/** VuePress: `@tab npm` between lines of colons. */
function readMarkedTab(pass: Pass, {text, end}: Line): boolean {
  const tab = pass.top('colon') < 0 ? null : /^@tab(?::active)?[ \t]+(.+)$/.exec(text)
  if (!tab) return false
  label(pass, pass.inline(tab[1]!.replace(/#\S+$/, '')))
  return pass.endConstruct(end)
}

/** A line that closes a directive. */
function readClosing(pass: Pass, {text, end}: Line): boolean {
  const line = text.trimEnd()
  const fence = /^(`{3,}|~{3,}|:{3,})$/.exec(line)?.[1]
  if (fence) {
    const kind = fence[0] === ':' ? 'colon' : 'fence'
    for (let n = pass.stack.length - 1; n >= 0; n--) {
      const container = pass.stack[n]!
      if (
        container.kind === kind &&
        container.size <= fence.length &&
        (kind === 'colon' || container.name[0] === fence[0])
      ) {
        pass.close(n, true)
        pass.push('')
        pass.nextLine(end)
        return true
      }
    }
    if (kind === 'colon') {
      pass.note('directive', 'dropped', 'a closing line without an opening one')
      pass.push('')
      pass.nextLine(end)
      return true
    }
  }
  const slashes = /^\/{3,}$/.exec(line)?.[0]
  if (slashes) {
    const n = pass.stack.findLastIndex(
      (container) => container.kind === 'slash' && container.size === slashes.length,
    )
    if (n >= 0) {
      pass.close(n, true)
      pass.push('')
      pass.nextLine(end)
      return true
    }
  }
  return false
}

function readColonDirective(pass: Pass, {text: trimmed, indent, end}: Line): boolean {
  const match = /^(:{3,})[ \t]*(?:\{([\w:.-]+)\}|([A-Za-z][\w-]*))?(.*)$/.exec(trimmed)
  if (!match) return false
  const [, colons, myst, plain, tail] = match
  const rest = tail!.trim()
  if (myst) {
    pass.nextLine(end)
    mystDirective(pass, myst, rest, {kind: 'colon', name: myst, indent, size: colons!.length})
    return true
  }
  const name = plain ?? ''
  if (name === '') return false
  // DocFX closes on the same line: :::image source="…" alt-text="…":::
  if (rest.endsWith(':::') || /^(?:row|column|zone|moniker|zone-pivot)(?:-end)?$/.test(name)) {
    const call = callOf(`${name} ${rest.replace(/:::$/, '')}`)
    if (name === 'image') {
      const alt = call.named['alt-text'] ?? ''
      pass.block(imageOf(alt, call.named['source'] ?? ''))
    } else if (name === 'code') codeInclude(pass, call.named['source'] ?? '', null, pass.prefix, null)
    else pass.note(`directive:${name}`, 'dropped')
    if (!rest.endsWith(':::') && !/-end$/.test(name))
      pass.open({kind: 'colon', name, indent, size: colons!.length, strip: 0, quote: false})
    pass.current = ''
    pass.nextLine(end)
    return true
  }
  pass.note(`directive:${name}`, 'flattened')
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
  pass.nextLine(end)
  openCallout(pass, name === 'details' && title === null ? 'details' : name, shown, {
    kind: 'colon',
    name,
    indent,
    size: colons!.length,
    strip: 0,
  })
  pass.current = ''
  return true
}

function readSlashBlock(pass: Pass, {text, indent, end}: Line): boolean {
  const match = /^(\/{3,})[ \t]+([\w-]+)(?:[ \t]*\|[ \t]*(.*?))?[ \t]*$/.exec(text)
  if (!match) return false
  const [, slashes, name, given] = match as unknown as [string, string, string, string | undefined]
  const title = given ?? null
  pass.note(`block:${name}`, 'flattened')
  pass.nextLine(end)
  // Options are indented lines directly below.
  const options: Record<string, string> = {}
  while (pass.p < pass.text.length) {
    const {rest, end: stop} = pass.measure(pass.p)
    const option = /^[ \t]{4,}([\w-]+):[ \t]*(.*)$/.exec(rest)
    if (!option) break
    options[option[1]!] = option[2]!.trim()
    pass.nextLine(stop)
  }
  const kind = {kind: 'slash', name, indent, size: slashes.length, strip: 0} as const
  if (/^(?:html|caption|figure-caption|table-caption|define|latex|math)$/.test(name)) {
    if (title && name !== 'html') label(pass, pass.inline(title))
    pass.open({...kind, quote: false})
  } else if (name === 'tab' || name === 'details') {
    label(pass, title === null ? '' : pass.inline(title))
    pass.open({...kind, quote: false})
  } else openCallout(pass, options['type'] ?? name, title, kind)
  pass.current = ''
  return true
}

/** Icons and directives inside a line. */
function readInline(pass: Pass): boolean {
  const ahead = pass.text.slice(pass.p, pass.p + 400)
  const icon = /^:(?:material|octicons|fontawesome|simple|twemoji)-[\w-]+:(?:\{[^{}\n]*\})?/.exec(ahead)
  if (icon) {
    pass.note('icon', 'dropped')
    pass.p += icon[0].length
    return true
  }
  const directive = /^::?([a-z][\w-]*)\[([^\]\n]*)\](\{[^{}\n]*\})?(?!\()/i.exec(ahead)
  if (directive && !/\w/.test(pass.current.at(-1) ?? '')) {
    pass.note(`directive:${directive[1]}`, 'flattened')
    pass.put(pass.inline(directive[2]!, false))
    pass.p += directive[0].length
    return true
  }
  return false
}
