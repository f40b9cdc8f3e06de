import {
  type Attribute,
  balancedEnd,
  boldOf,
  calloutNames,
  capital,
  componentText,
  type Dialect,
  destinationOf,
  escapedText,
  type Line,
  openCallout,
  parseData,
  type Reading,
  type Tag,
  tagAt,
} from '../../markdown/dialect-kit.ts'

/**
 * MDC, the components of Nuxt Content: `::name[label]{…}` up to `::`, with properties in YAML and slots after `#name`;
 * `:name[text]{…}` in a line; `[text]{.class}`.
 */
export const mdc: Dialect = {
  name: 'mdc',
  fences: [{starts: ':', read: readEnd}],
  lines: [
    {starts: ':', read: readBlock},
    {starts: '#', read: readSlot},
  ],
  text: [
    {starts: ':', read: readInline},
    {starts: '[', read: readSpan},
    {starts: '{', read: readBinding},
  ],
}

const maxProperties = 200

function readBlock(reading: Reading, {text, indent, end}: Line): boolean {
  const {at, write, containers} = reading
  const head = /^(:{2,})([A-Za-z][\w-]*)/.exec(text)
  if (!head) return false
  const call = callAt(reading, head[2]!, end - text.length + head[0].length)
  if (!call || at.text.slice(call.end, at.lineEnd(call.end)).trim() !== '') return false
  at.advance(call.end)
  at.nextLine(at.lineEnd())
  const tag = {...call.tag, attributes: [...call.tag.attributes, ...propertiesBelow(reading)]}
  reading.note(`mdc:${head[2]}`, 'flattened')
  const container = {kind: 'colon', name: head[2]!, indent, size: head[1]!.length, strip: -1} as const
  const {label, texts, href} = componentText(tag)
  if (head[2]!.toLowerCase() in calloutNames) {
    openCallout(reading, head[2]!, call.label ?? label, container)
    if (href) write.block(linkTo(href, null))
    return true
  }
  const isLast = /^\s*:{2,}\s*$/.test(at.text.slice(at.p, at.lineEnd()))
  const title = call.label ?? label ?? (href && isLast && texts.length === 0 ? nameOfLink(href) : null)
  write.blank()
  containers.open(container)
  if (title !== null) {
    const shown = boldOf(reading.inline(title, false))
    write.block(href && !shown.includes('](') ? `[${shown}](${destinationOf(href)})` : shown)
  }
  for (const shown of texts) write.block(reading.inline(shown, false))
  return true
}

function readEnd({at, write, containers}: Reading, {text, end}: Line): boolean {
  const mark = text.trimEnd()
  if (!/^:{2,}$/.test(mark)) return false
  const opened = containers.find(({kind, size}) => kind === 'colon' && size === mark.length)
  if (!opened) return false
  containers.close(opened)
  write.blank()
  return at.nextLine(end)
}

/** `#title`: the lines below belong to the slot of this name. */
function readSlot(reading: Reading, {text, end}: Line): boolean {
  const {at, write, containers} = reading
  if (!/^#[A-Za-z][\w-]*(?:\{[^{}]*\})?[ \t]*$/.test(text)) return false
  if (!containers.find(({kind, size}) => kind === 'colon' && size > 0)) return false
  reading.note('mdc:slot', 'flattened')
  write.blank()
  return at.nextLine(end)
}

function readInline(reading: Reading): boolean {
  const {at, write} = reading
  if (/[\w:]/.test(write.lastCharacter)) return false
  const name = /^:([a-z][\w-]*)(?=[[{])/i.exec(at.text.slice(at.p, at.p + 80))?.[1]
  const call = name === undefined ? null : callAt(reading, name, at.p + 1 + name.length)
  if (!call) return false
  const {label, texts, href} = componentText(call.tag)
  const words = [call.label ?? label ?? (href ? nameOfLink(href) : ''), ...texts].filter(Boolean).join(' ')
  reading.note(`mdc:${name}`, words === '' ? 'dropped' : 'flattened')
  const shown = reading.inline(words, false)
  write.put(href && shown !== '' && !shown.includes('](') ? `[${shown}](${destinationOf(href)})` : shown)
  at.advance(call.end)
  return true
}

function readSpan(reading: Reading): boolean {
  const {at, write} = reading
  const match = /^\[([^[\]\n]+)\]\{[^{}\n]*\}/.exec(at.text.slice(at.p, at.p + 1000))
  if (!match || write.isRaw || write.lastCharacter === '!') return false
  reading.note('mdc:span', 'flattened')
  write.put(reading.inline(match[1]!, false))
  at.advance(at.p + match[0].length)
  return true
}

interface Call {
  readonly label: string | null
  readonly tag: Tag
  readonly end: number
}

/** The label and the properties behind a name; null if they never end. */
function callAt({at}: Reading, name: string, from: number): Call | null {
  let end = from
  const label = /^\[((?:[^[\]\\\n]|\\.|\[[^[\]\n]*\](?:\([^()\n]*\))?)*)\]/.exec(
    at.text.slice(end, end + 2000),
  )
  if (label) end += label[0].length
  let properties = ''
  if (at.text[end] === '{') {
    const close = balancedEnd(at.text, end, Math.min(at.text.length, end + 5000))
    if (close < 0) return null
    properties = at.text.slice(end + 1, close - 1)
    end = close
  }
  const component = name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
  const tag = tagAt(`<${component} ${properties}>`, 0)
  return tag && {label: label?.[1]?.trim() || null, tag, end}
}

/** Properties in YAML between two lines `---`, directly below the first line of a component. */
function propertiesBelow({at}: Reading): Attribute[] {
  const first = at.measure(at.p)
  if (first.rest.trim() !== '---') return []
  const lines: string[] = []
  for (let {end} = first; end < at.text.length && lines.length < maxProperties; ) {
    const line = at.measure(end + 1)
    end = line.end
    if (line.rest.trim() === '---') {
      at.nextLine(first.end)
      while (at.p <= line.start) at.nextLine(at.lineEnd())
      return attributesOf(lines.join('\n'))
    }
    lines.push(at.text.slice(line.start, line.end))
  }
  return []
}

function attributesOf(yaml: string): Attribute[] {
  let data: unknown
  try {
    data = parseData('yaml', yaml)
  } catch {
    return []
  }
  if (typeof data !== 'object' || data === null) return []
  return Object.entries(data).map(([name, value]) =>
    typeof value === 'string'
      ? {name, value, isCode: false}
      : {name, value: JSON.stringify(value) ?? '', isCode: true},
  )
}

function linkTo(href: string, text: string | null): string {
  return `[${text ?? nameOfLink(href)}](${destinationOf(href)})`
}

/** `/docs/guide/going-further#hooks` → `Going further`. */
function nameOfLink(href: string): string {
  const path = href.replace(/[?#].*$/, '').replace(/\/+$/, '')
  return capital(path.slice(path.lastIndexOf('/') + 1)) || href
}

/** `{{ $doc.title || 'Untitled' }}`: a value of the page's front matter, or else the words behind the bars. */
function readBinding(reading: Reading): boolean {
  const {at, write, context} = reading
  const found = /^\{\{[ \t]*\$doc\.(\w[\w.]*)[ \t]*(?:\|\|[ \t]*(?:'([^'\n]*)'|"([^"\n]*)")[ \t]*)?\}\}/.exec(
    at.text.slice(at.p, at.p + 500),
  )
  if (!found) return false
  const [whole, name, single, double] = found
  const {params} = context.site
  const value = Object.hasOwn(params, `$doc.${name}`) ? params[`$doc.${name}`]! : (single ?? double)
  reading.note('mdc:binding', value === undefined ? 'not-understood' : 'flattened', name)
  at.skip(whole.length)
  write.put(value === undefined ? '' : escapedText(value.replace(/\s+/g, ' ')))
  return true
}
