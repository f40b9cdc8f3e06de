import {fenceInfoOf, plainInfo} from './fence-info.ts'
import type {FlattenContext} from './flatten.ts'
import {splitFrontMatter} from './front-matter.ts'
import {includeCandidates, includedPart} from './includes.ts'
import {calloutNames, componentText, groupLabels, stringsOf, wholeString} from './jsx-text.ts'
import {macroCall, macroText} from './macros.ts'
import {
  callOf,
  calloutShortcodes,
  headingStrings,
  type Shortcode,
  shortcodeAt,
  silentShortcodes,
} from './shortcodes.ts'
import {
  balancedEnd,
  blockElements,
  closingTag,
  decodeEntities,
  hiddenElements,
  inlineElements,
  type Tag,
  tagAt,
  withoutTags,
} from './tags.ts'

interface FlattenerOptions {
  /** Source line of the text's first line. */
  readonly firstLine: number
  readonly path: string
  /** All of it goes on one line: a heading, a cell, a label. */
  readonly inline?: boolean
  /** It stands in an HTML block, where Markdown means nothing. */
  readonly raw?: boolean
  /** Every line comes from `firstLine`: an included file. */
  readonly fixedLine?: boolean
  readonly depth?: number
}

/** Something open around the lines that follow. */
interface Container {
  readonly kind: 'fence' | 'colon' | 'slash' | 'indent' | 'element' | 'shortcode' | 'liquid'
  readonly name: string
  /** Columns before its marker. */
  readonly indent: number
  /** Length of a fence or a run of colons. */
  readonly size: number
  /** Columns taken off its content; −1 until its first line tells. */
  strip: number
  /** Index in `out` where what it sets apart begins. */
  readonly start: number
  /** Its content becomes a quote when it is short and plain. */
  readonly quote: boolean
  readonly line: number
  /** Labels for the members of a group, in order. */
  readonly labels: string[]
}

const maxDepth = 12
const maxIncluded = 4 * 1024 * 1024
const listMarker = /^(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$)/
const delimiterRow = /^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*\|?[ \t]*$/

/** One pass over a text. `out`, `lines` and `headingIds` hold the result after `run`. */
export class Flattener {
  readonly out: string[] = []
  readonly lines: number[] = []
  readonly headingIds = new Map<number, string>()
  readonly #context: FlattenContext
  readonly #text: string
  readonly #options: FlattenerOptions
  readonly #stack: Container[] = []
  readonly #lastLine: number
  #p = 0
  #line: number
  #current = ''
  #hasContent = false
  /** What a new line needs to stay in the same list item or quote. */
  #prefix = ''
  #atLineStart = true
  /** The line cannot be broken: a table's row. */
  #oneLine = false
  #inTable = false
  #raw: boolean
  #rawPrefix = ''
  /** Content columns of the list items that are open. */
  #listOffsets: number[] = []
  #htmlLists: {readonly ordered: boolean; readonly prefix: string}[] = []
  #pendingAnchor: {readonly id: string; readonly out: number} | null = null
  #paragraphEnd = -1
  #afterDefinition = false
  #lower: string | null = null
  readonly #lastClose = new Map<string, number>()
  readonly #firstOpen = new Map<string, number>()
  readonly #shortcodeClosers = new Map<string, {readonly start: number; readonly end: number}[]>()

  constructor(context: FlattenContext, text: string, options: FlattenerOptions) {
    this.#context = context
    this.#text = text
    this.#options = options
    this.#line = options.firstLine
    this.#lastLine = options.firstLine + (text.match(/\n/g)?.length ?? 0)
    this.#raw = options.raw ?? false
  }

  run(): void {
    const {inline} = this.#options
    while (this.#p < this.#text.length) {
      if (this.#atLineStart && !inline && this.#lineStart()) continue
      this.#atLineStart = false
      this.#scan()
    }
    this.#endLine()
    while (this.#stack.length > 0) this.#close(this.#stack.length - 1, false)
  }

  /** The result on one line. */
  get joined(): string {
    return this.out
      .map((line) => line.trim())
      .filter(Boolean)
      .join(' ')
  }

  // --- output

  #put(text: string): void {
    if (text === '') return
    this.#current += text
    if (!this.#hasContent && text.trim() !== '') this.#hasContent = true
  }

  #push(text: string): void {
    this.out.push(text)
    this.lines.push(this.#line)
  }

  #endLine(): void {
    if (this.#hasContent || this.#current.trim() !== '') this.#push(this.#current.trimEnd())
    else if (this.#current !== '' || this.#options.inline) this.#push(this.#current.trimEnd())
    this.#current = ''
    this.#hasContent = false
  }

  /** Ends the block that is being written, so that what follows is another one. */
  #break(): void {
    if (this.#isOneLine()) {
      this.#put(' ')
      return
    }
    if (this.#hasContent) {
      this.#push(this.#current.trimEnd())
      this.#current = this.#prefix
      this.#hasContent = false
    } else if (listMarker.test(this.#current.trim())) return
    else this.#current = this.#prefix
    this.#blank()
  }

  #blank(): void {
    const blank = this.#prefix.trimEnd()
    const last = this.out.at(-1)
    if (last !== undefined && last.replace(/[>\s]/g, '') !== '') this.#push(blank)
  }

  /** A paragraph of its own. */
  #block(text: string): void {
    if (text.trim() === '') return
    this.#break()
    this.#put(text)
    this.#break()
  }

  #isOneLine(): boolean {
    return this.#options.inline === true || this.#oneLine
  }

  // --- position

  #advance(to: number): void {
    if (!this.#options.fixedLine) {
      for (
        let at = this.#text.indexOf('\n', this.#p);
        at >= 0 && at < to;
        at = this.#text.indexOf('\n', at + 1)
      )
        this.#line++
    }
    this.#p = to
  }

  #lineEnd(from = this.#p): number {
    const end = this.#text.indexOf('\n', from)
    return end < 0 ? this.#text.length : end
  }

  /** Ends the line that was read up to `to`, its break included. */
  #nextLine(to: number): void {
    this.#advance(Math.min(to + 1, this.#text.length))
    this.#atLineStart = true
  }

  #note(construct: string, fate: 'flattened' | 'dropped' | 'not-understood', detail?: string): void {
    this.#context.note(construct, fate, this.#line, detail)
  }

  /** A part of the text on one line, in its own pass. */
  #inline(text: string, raw = this.#raw): string {
    if ((this.#options.depth ?? 0) >= maxDepth) return withoutTags(text).replace(/\s+/g, ' ')
    const inner = new Flattener(this.#context, text, {
      firstLine: this.#line,
      path: this.#options.path,
      inline: true,
      raw,
      fixedLine: true,
      depth: (this.#options.depth ?? 0) + 1,
    })
    inner.run()
    if (inner.#pendingAnchor) this.#pendingAnchor = {id: inner.#pendingAnchor.id, out: this.out.length}
    return inner.joined.replace(/[ \t]+/g, ' ').trim()
  }

  /** A part of the text with its own lines, put here. */
  #nested(text: string, path = this.#options.path): void {
    if ((this.#options.depth ?? 0) >= maxDepth) {
      this.#put(withoutTags(text).replace(/\s+/g, ' '))
      return
    }
    const inner = new Flattener(this.#context, text, {
      firstLine: this.#line,
      path,
      inline: this.#isOneLine(),
      fixedLine: true,
      depth: (this.#options.depth ?? 0) + 1,
    })
    inner.run()
    if (this.#isOneLine()) {
      this.#put(inner.joined)
      return
    }
    this.#break()
    for (const [index, line] of inner.out.entries()) {
      const id = inner.headingIds.get(index + 1)
      const prefix = index === 0 && this.#current !== '' ? this.#current : this.#prefix
      this.#push(line === '' ? this.#prefix.trimEnd() : prefix + line)
      if (id !== undefined) this.headingIds.set(this.out.length, id)
    }
    this.#current = this.#prefix
    this.#hasContent = false
    this.#blank()
  }

  // --- containers

  #open(container: Omit<Container, 'start' | 'line' | 'labels'> & {readonly labels?: string[]}): void {
    this.#stack.push({...container, labels: container.labels ?? [], start: this.out.length, line: this.#line})
    if (this.#stack.length > 200) this.#stack.shift()
  }

  /** Closes the container at `index` and whatever was left open in it. */
  #close(index: number, properly: boolean): void {
    const closed = this.#stack.splice(index)
    const [container] = closed
    if (!container || !properly || !container.quote) return
    this.#quote(container)
  }

  /** A short callout without headings, code or tables becomes a quote, so that its end shows. */
  #quote({start, indent}: Container): void {
    let from = start
    let to = this.out.length
    while (from < to && this.out[from]!.trim() === '') from++
    while (to > from && this.out[to - 1]!.trim() === '') to--
    const part = this.out.slice(from, to)
    if (part.length === 0 || part.length > 16) return
    if (part.some((line) => /^\s*(?:#{1,6}\s|```|~~~|\||>)/.test(line))) return
    const base = Math.min(
      indent,
      ...part.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)),
    )
    for (let n = from; n < to; n++) {
      const line = this.out[n]!
      this.out[n] =
        line.trim() === '' ? `${' '.repeat(base)}>` : `${line.slice(0, base)}> ${line.slice(base)}`
    }
  }

  #top(kind: Container['kind']): number {
    for (let n = this.#stack.length - 1; n >= 0; n--) if (this.#stack[n]!.kind === kind) return n
    return -1
  }

  #strip(): number {
    let columns = 0
    for (const container of this.#stack) if (container.strip > 0) columns += container.strip
    return columns
  }

  /** A line's place: where it begins behind what containers put before it, and its columns of indentation there. */
  #measure(from: number): {
    readonly start: number
    readonly rest: string
    readonly indent: number
    readonly end: number
  } {
    const end = this.#lineEnd(from)
    const start = this.#stripFrom(from, end)
    const raw = this.#text.slice(start, end)
    const lead = /^[ \t]*/.exec(raw)![0]
    return {start, rest: raw, indent: columnsOf(lead), end}
  }

  #stripFrom(from: number, end: number): number {
    let start = from
    let left = this.#strip()
    while (left > 0 && start < end) {
      const char = this.#text[start]
      if (char === ' ') left--
      else if (char === '\t') left -= 4
      else break
      start++
    }
    return start
  }

  // --- what begins a line

  /** Handles a line as a whole, or prepares the scan of its text; true when the line is done with. */
  #lineStart(): boolean {
    this.#oneLine = false
    // Content that is indented below an element's tag tells how far only with its first line.
    const first = this.#stack.at(-1)
    if (first && first.strip < 0) {
      const {rest, indent} = this.#measure(this.#p)
      if (rest.trim() !== '')
        first.strip = indent > first.indent && !/^\s*<\//.test(rest) ? Math.min(indent - first.indent, 12) : 0
    }
    let {start, rest, indent, end} = this.#measure(this.#p)
    if (rest.trim() === '') {
      this.#raw = this.#options.raw ?? false
      this.#inTable = false
      this.#prefix = ''
      if (this.out.at(-1) !== '') this.#push('')
      this.#nextLine(end)
      return true
    }
    this.#afterDefinition = false
    // Indented containers end with the first line that is not.
    for (let n = 0; n < this.#stack.length; n++) {
      const container = this.#stack[n]!
      if (container.kind !== 'indent') continue
      const full = columnsOf(/^[ \t]*/.exec(this.#text.slice(this.#p, end))![0])
      const outer = this.#stack.slice(0, n).reduce((sum, other) => sum + Math.max(0, other.strip), 0)
      if (full - outer <= container.indent) {
        if (
          container.name === 'definition' &&
          this.out.at(-1)?.trim() !== '' &&
          !/^[ \t]*[:~][ \t]/.test(rest)
        )
          break
        if (container.name === 'definition' && /^[ \t]*[:~][ \t]/.test(rest)) this.#afterDefinition = true
        this.#close(n, true)
        if (this.out.at(-1)?.trim() !== '') this.#push('')
        ;({start, rest, indent, end} = this.#measure(this.#p))
        break
      }
    }
    const afterBlank = (this.out.at(-1) ?? '').replace(/[>\s]/g, '') === ''
    const quote = /^[ \t]*(?:>[ \t]?)+/.exec(rest)?.[0] ?? ''
    const body = rest.slice(quote.length)
    const trimmed = body.trimStart()
    if (quote === '') this.#leaveLists(indent, afterBlank, trimmed)
    const offset = this.#listOffsets.at(-1) ?? 0

    if (this.#raw) {
      this.#current = this.#rawPrefix + (this.#htmlLists.at(-1)?.prefix ?? '')
      this.#prefix = this.#current
      this.#hasContent = false
      this.#advance(start + rest.length - trimmed.length)
      return false
    }
    if (this.#closingLine(trimmed, end)) return true
    if (this.#fence(quote, body, start, end, offset)) return true

    const isCode =
      indent >= offset + 4 &&
      quote === '' &&
      afterBlank &&
      this.#context.mdx !== true &&
      !this.#insideComponent()
    if (isCode) {
      this.#push(rest)
      this.#nextLine(end)
      this.#afterIndentedCode(offset)
      return true
    }
    const lead = quote + body.slice(0, body.length - trimmed.length)
    this.#prefix = lead
    if (this.#lineConstruct(trimmed, lead, indent, start, end)) return true

    // A list marker, and what a new line in its item needs.
    let p = start + lead.length
    let current = lead
    let text = trimmed
    for (let n = 0; n < 6; n++) {
      const marker = listMarker.exec(text)
      if (!marker) break
      const gap = /^[ \t]{0,4}/.exec(text.slice(marker[0].length))![0]
      const whole = marker[0] + gap
      if (/^(?:[-*_][ \t]*){3,}$/.test(text)) break
      current += whole
      text = text.slice(whole.length)
      p += whole.length
      this.#prefix += ' '.repeat(marker[0].length + Math.max(1, columnsOf(gap)))
      if (quote === '') {
        while (
          this.#listOffsets.length > 0 &&
          this.#listOffsets.at(-1)! > columnsOf(current.slice(0, current.length - whole.length))
        )
          this.#listOffsets.pop()
        this.#listOffsets.push(this.#prefix.length)
      }
      // MDN writes definitions as list items that begin with a colon.
      const colon = /^:[ \t]+/.exec(text)
      if (colon) {
        p += colon[0].length
        text = text.slice(colon[0].length)
        this.#note('definition-list', 'flattened')
        break
      }
    }
    const cells =
      this.#inTable ||
      (text.includes('|') && delimiterRow.test(this.#lineAfter(end)) && this.#lineAfter(end).includes('-'))
    this.#inTable = cells
    this.#oneLine = cells
    this.#current = current
    this.#hasContent = false
    this.#advance(p)
    if (!cells && this.#context.mdx !== true && rawStart.test(text) && !/^<\w+[^>]*\smarkdown\b/.test(text)) {
      this.#raw = true
      this.#rawPrefix = this.#prefix
      this.#htmlLists = []
    }
    const setext = /^[ \t]*(?:=+|-{2,})[ \t]*$/.test(this.#lineAfter(end)) && !cells
    if (setext) {
      const named = headingId(text)
      if (named) {
        this.#put(this.#inline(named.text))
        this.headingIds.set(this.out.length + 1, named.id)
        this.#endLine()
        this.#nextLine(end)
        return true
      }
    }
    return false
  }

  #lineAfter(end: number): string {
    if (end >= this.#text.length) return ''
    return this.#text.slice(end + 1, this.#lineEnd(end + 1))
  }

  #insideComponent(): boolean {
    return this.#stack.some((container) => container.kind === 'element' && /^[A-Z]/.test(container.name))
  }

  #leaveLists(indent: number, afterBlank: boolean, trimmed: string): void {
    while (this.#listOffsets.length > 0 && indent < this.#listOffsets.at(-1)!) {
      if (!afterBlank && !listMarker.test(trimmed) && !/^(?:#{1,6}\s|`{3}|~{3})/.test(trimmed)) break
      this.#listOffsets.pop()
    }
  }

  /** Indented code goes on over blank lines, untouched. */
  #afterIndentedCode(offset: number): void {
    while (this.#p < this.#text.length) {
      const {rest, indent, end} = this.#measure(this.#p)
      if (rest.trim() !== '' && indent < offset + 4) return
      if (this.#stack.some((container) => container.kind === 'indent') && rest.trim() === '') return
      this.#push(rest.trim() === '' ? '' : rest)
      this.#nextLine(end)
    }
  }

  /** A line that closes a directive. */
  #closingLine(trimmed: string, end: number): boolean {
    const line = trimmed.trimEnd()
    const fence = /^(`{3,}|~{3,}|:{3,})$/.exec(line)?.[1]
    if (fence) {
      const kind = fence[0] === ':' ? 'colon' : 'fence'
      for (let n = this.#stack.length - 1; n >= 0; n--) {
        const container = this.#stack[n]!
        if (
          container.kind === kind &&
          container.size <= fence.length &&
          (kind === 'colon' || container.name[0] === fence[0])
        ) {
          this.#close(n, true)
          this.#push('')
          this.#nextLine(end)
          return true
        }
      }
      if (kind === 'colon') {
        this.#note('directive', 'dropped', 'a closing line without its opening')
        this.#push('')
        this.#nextLine(end)
        return true
      }
    }
    const slashes = /^\/{3,}$/.exec(line)?.[0]
    if (slashes) {
      const n = this.#stack.findLastIndex(
        (container) => container.kind === 'slash' && container.size === slashes.length,
      )
      if (n >= 0) {
        this.#close(n, true)
        this.#push('')
        this.#nextLine(end)
        return true
      }
    }
    return false
  }

  /** A code fence, or a directive written as one. */
  #fence(quote: string, body: string, start: number, end: number, offset: number): boolean {
    const match = /^([ \t]*)((?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}|~{3,})([^\n]*)$/.exec(body)
    if (!match) return false
    const [, lead, markers, fence, info] = match
    if (fence![0] === '`' && info!.includes('`')) return false
    const indent = columnsOf(lead!)
    if (
      markers === '' &&
      indent >= offset + 4 &&
      (this.out.at(-1) ?? '').trim() === '' &&
      this.#context.mdx !== true &&
      !this.#insideComponent()
    ) {
      return false
    }
    const read = fenceInfoOf(info!)
    if (read.directive !== null) {
      if (!codeDirectives.has(read.directive)) {
        this.#prefix = quote + lead! + ' '.repeat(markers!.length)
        this.#nextLine(end)
        this.#mystDirective(read.directive, read.argument, {
          kind: 'fence',
          name: fence!,
          indent,
          size: fence!.length,
        })
        return true
      }
    }
    const inner = offset > 0 && indent >= offset ? offset : 0
    const closing = new RegExp(
      `^[ \\t]{0,${indent + markers!.length + 3}}\\${fence![0]}{${fence!.length},}[ \\t]*$`,
    )
    const lines: string[] = []
    let p = Math.min(end + 1, this.#text.length)
    let closed = false
    const from = this.#line
    let consumed = end
    while (p < this.#text.length || (p === this.#text.length && this.#text[p - 1] === '\n' && false)) {
      const line = this.#measure(p)
      let rest = line.rest
      if (quote !== '') {
        const inQuote = /^[ \t]*(?:>[ \t]?)+/.exec(rest)
        if (!inQuote) break
        rest = rest.slice(inQuote[0].length)
      } else if (inner > 0 && rest.trim() !== '' && line.indent < inner && !closing.test(rest)) break
      consumed = line.end
      p = line.end + 1
      if (closing.test(rest)) {
        closed = true
        break
      }
      lines.push(rest)
    }
    if (!closed && quote === '') {
      this.#context.report(
        'unclosed-fence',
        'warning',
        from,
        'the code block that begins here is never closed',
        'Add a closing fence.',
      )
    }
    this.#codeBlock(quote + lead! + markers!, fence!, info!, lines)
    this.#nextLine(consumed)
    this.#atLineStart = true
    void start
    return true
  }

  #codeBlock(lead: string, fence: string, info: string, source: readonly string[]): void {
    const read = fenceInfoOf(info)
    let {language, title} = read
    let lines = [...source]
    const base = lead.length
    if (read.directive !== null) {
      const options = directiveOptions(lines.map((line) => line.trim()))
      lines = lines.slice(options.lines)
      while (lines.length > 1 && lines[0]!.trim() === '') lines.shift()
      title = options.values['caption'] ?? options.values['name'] ?? null
      if (
        /^(?:code-block|code|code-cell|sourcecode|parsed-literal|prompt|doctest|testcode|literalinclude)$/.test(
          read.directive,
        )
      ) {
        language = read.argument.split(/\s/)[0] ?? ''
        if (read.directive === 'literalinclude') {
          const part = this.#readInclude(read.argument, 'literalinclude')
          language = options.values['language'] ?? /\.(\w+)$/.exec(read.argument)?.[1] ?? ''
          if (part !== null) lines = part.text.replace(/\n$/, '').split('\n')
          title ??= read.argument
        }
      } else language = read.directive.replace(/^eval-rst$/, 'rst')
      this.#note(`myst:${read.directive}`, 'flattened')
    }
    const first = this.#line
    const width = /^[ \t>]*/.exec(lead)![0]
    const rest = width + ' '.repeat(base - width.length)
    const body: {text: string; line: number}[] = []
    lines.forEach((line, n) => {
      for (const text of this.#codeLine(line, language))
        body.push({text, line: this.#options.fixedLine ? first : first + 1 + n})
    })
    const longest = Math.max(0, ...body.map(({text}) => /^[ \t]*(`{3,}|~{3,})/.exec(text)?.[1]?.length ?? 0))
    const mark = longest >= fence.length ? fence[0]!.repeat(longest + 1) : fence
    this.#push(`${lead}${mark}${plainInfo(language, title)}`)
    for (const {text, line} of body) {
      this.out.push(lead.includes('>') ? `${width}${text}` : text)
      this.lines.push(line)
    }
    this.out.push(`${rest}${mark}`)
    // A block that is never closed has no line of its own for this.
    this.lines.push(this.#options.fixedLine ? first : Math.min(first + 1 + source.length, this.#lastLine))
  }

  /** A line of code: includes resolved, shortcodes that generators run even here. */
  #codeLine(line: string, language: string): string[] {
    const include =
      /^\s*\{\{#(?:include|rustdoc_include|playground|playpen)\s+([^}]+)\}\}\s*$/.exec(line) ??
      /^\s*-{1,}8<-{1,}\s+"([^"]+)"\s*$/.exec(line)
    if (include) {
      const indent = /^\s*/.exec(line)![0]
      const [file, selector] = selectorOf(include[1]!.trim().split(/\s/)[0]!)
      const part = this.#readInclude(file, 'include', selector)
      return part === null
        ? []
        : part.text
            .replace(/\n$/, '')
            .split('\n')
            .map((text) => (text === '' ? '' : indent + text))
    }
    if (language === 'rust' && /^\s*#(?:\s|$)/.test(line) && this.#context.site.generator === 'mdbook')
      return []
    if (line.includes('{{<') || line.includes('{{%')) return [this.#shortcodesInCode(line)]
    return [line]
  }

  #shortcodesInCode(line: string): string {
    let out = ''
    let p = 0
    for (let at = line.indexOf('{{'); at >= 0; at = line.indexOf('{{', p)) {
      const found = shortcodeAt(line, at)
      if (!found) {
        out += line.slice(p, at + 2)
        p = at + 2
        continue
      }
      out += line.slice(p, at)
      if ('escaped' in found) out += found.escaped
      else
        out +=
          this.#shortcodeValue(found) ??
          (this.#context.site.generator === 'hugo' ? '' : line.slice(at, found.end))
      p = found.end
    }
    return out + line.slice(p)
  }

  /** Constructs that are a whole line, or begin with one. */
  #lineConstruct(trimmed: string, lead: string, indent: number, start: number, end: number): boolean {
    const done = (): true => {
      this.#current = ''
      this.#hasContent = false
      this.#nextLine(end)
      return true
    }
    const char = trimmed[0]!
    if (char === '#') {
      if (this.#heading(trimmed, lead, start, end)) return true
    } else if (char === ':') {
      if (trimmed.startsWith(':::') && this.#colonDirective(trimmed, indent, end)) return true
      const definition = /^[:~][ \t]+/.exec(trimmed)
      if (definition && this.#definition(definition[0], indent, lead, start)) return true
    } else if (char === '!' || char === '?') {
      const match =
        /^(?:!!!|\?\?\?\+?)[ \t]+([\w-]+(?:[ \t]+[\w-]+)*)?[ \t]*(?:"((?:[^"\\]|\\.)*)")?[ \t]*$/.exec(
          trimmed,
        )
      if (match) {
        const name = match[1]?.split(/\s/)[0] ?? ''
        this.#note(`admonition:${name}`, 'flattened')
        this.#admonitionStart(name, match[2] === undefined ? null : match[2].replace(/\\(.)/g, '$1'), {
          kind: 'indent',
          name: 'admonition',
          indent,
          size: 0,
          strip: 4,
        })
        return done()
      }
    } else if (char === '=') {
      const tab = /^===[!+]?[ \t]+"((?:[^"\\]|\\.)*)"[ \t]*$/.exec(trimmed)
      if (tab) {
        this.#note('tab', 'flattened')
        this.#label(this.#inline(tab[1]!))
        this.#open({kind: 'indent', name: 'tab', indent, size: 0, strip: 4, quote: false})
        return done()
      }
    } else if (char === '/') {
      const match = /^(\/{3,})[ \t]+([\w-]+)(?:[ \t]*\|[ \t]*(.*?))?[ \t]*$/.exec(trimmed)
      if (match) return this.#slashBlock(match[1]!, match[2]!, match[3] ?? null, indent, end)
    } else if (char === '@' && this.#top('colon') >= 0) {
      const tab = /^@tab(?::active)?[ \t]+(.+)$/.exec(trimmed)
      if (tab) {
        this.#label(this.#inline(tab[1]!.replace(/#\S+$/, '')))
        return done()
      }
    } else if (char === '$' && /^\$\$[ \t]*$/.test(trimmed)) {
      return this.#math(lead, end, /^[ \t>]*\$\$[ \t]*$/)
    } else if (char === '\\' && /^\\\[[ \t]*$/.test(trimmed)) {
      return this.#math(lead, end, /^[ \t>]*\\\][ \t]*$/)
    } else if (char === '(' && /^\([\w .:-]+\)=[ \t]*$/.test(trimmed)) {
      this.#note('myst:target', 'dropped')
      return done()
    } else if (char === '%' && /^%[ \t]/.test(trimmed) && this.#isMyst()) {
      this.#note('comment', 'dropped')
      return done()
    } else if (char === '+' && /^\+\+\+(?:[ \t]*\{.*\})?[ \t]*$/.test(trimmed) && this.#isMyst()) {
      return done()
    } else if (char === '*' && /^\*\[[^\]]+\]:[ \t]/.test(trimmed)) {
      this.#note('abbreviation', 'dropped')
      return done()
    } else if (char === 'i' || char === 'e') {
      if (this.#context.mdx && this.#moduleCode(trimmed, start, end)) return true
    } else if (char === '<') {
      const code = /^<<<[ \t]+(\S+?)(?:[ \t]*(\{[^}]*\}))?[ \t]*(?:\[([^\]]*)\])?[ \t]*$/.exec(trimmed)
      if (code) {
        const [file, region] = code[1]!.split('#')
        this.#codeInclude(file!, region ?? null, lead, code[3] ?? null)
        return done()
      }
    } else if (char === '-' || char === ';') {
      const snippet = /^[-;]*-{1,2}8<-{1,2}[ \t]+["']([^"']+)["'][ \t]*$/.exec(trimmed)
      if (snippet) {
        if (!trimmed.startsWith(';')) {
          const [file, selector] = selectorOf(snippet[1]!)
          this.#include(file, 'snippet', selector)
        }
        return done()
      }
      if (/^-{1,2}8<-{1,2}[ \t]*$/.test(trimmed)) {
        // A block of file names, one a line.
        let p = end + 1
        let last = end
        while (p < this.#text.length) {
          const stop = this.#lineEnd(p)
          const name = this.#text.slice(p, stop).trim()
          last = stop
          p = stop + 1
          if (/^-{1,2}8<-{1,2}$/.test(name)) break
          if (name !== '' && !name.startsWith(';')) this.#include(...selectorPair(name), 'snippet')
        }
        this.#current = ''
        this.#nextLine(last)
        return true
      }
    } else if (char === '{') {
      const include = /^\{\{#(?:include|rustdoc_include|playground|playpen)[ \t]+([^}]+)\}\}[ \t]*$/.exec(
        trimmed,
      )
      if (include) {
        const [file, selector] = selectorOf(include[1]!.trim().split(/\s/)[0]!)
        this.#include(file, 'include', selector)
        return done()
      }
      const title = /^\{\{#title[ \t]+[^}]*\}\}[ \t]*$/.test(trimmed)
      if (title) return done()
      const code = /^\{\*[ \t]+(\S+)[^*]*\*\}[ \t]*$/.exec(trimmed)
      if (code) {
        this.#codeInclude(code[1]!, null, lead, null)
        return done()
      }
    } else if (char === '[') {
      const include = /^\[!INCLUDE[ \t]*\[([^\]]*)\]\(([^)]+)\)\][ \t]*$/i.exec(trimmed)
      if (include) {
        this.#include(include[2]!.trim(), 'include', null)
        return done()
      }
      const code = /^\[!code-?([\w-]*)\[([^\]]*)\]\(([^)]+)\)\][ \t]*$/i.exec(trimmed)
      if (code) {
        this.#codeInclude(code[3]!.replace(/\?.*$/, ''), null, lead, code[2] || null)
        return done()
      }
      const alert = /^\[!([A-Za-z]+)\][+-]?[ \t]*(.*)$/.exec(trimmed)
      if (alert && lead.includes('>')) {
        const name = alert[1]!.toLowerCase()
        this.#note(`alert:${name}`, 'flattened')
        const title = alert[2]!.trim() === '' ? calloutNames[name] || capital(name) : this.#inline(alert[2]!)
        this.#push(`${lead}**${title}**`)
        this.#push(lead.trimEnd())
        return done()
      }
      if (/^\[!(?:div|VIDEO|NOTE)\b[^\]]*\][ \t]*$/i.test(trimmed)) {
        this.#note('docfx', 'dropped')
        return done()
      }
    }
    return false
  }

  #isMyst(): boolean {
    const {generator} = this.#context.site
    return generator === 'sphinx' || generator === 'plain'
  }

  #heading(trimmed: string, lead: string, start: number, end: number): boolean {
    const match = /^(#{1,6})(?:[ \t]+(.*)|)$/.exec(trimmed)
    if (!match) return false
    let text = match[2] ?? ''
    let stop = end
    // A comment that goes on below is not part of it.
    const comment = text.lastIndexOf('<!--')
    if (comment >= 0 && !text.includes('-->', comment)) {
      text = text.slice(0, comment)
      stop = this.#text.indexOf('<!--', end - (match[2]!.length - comment))
    }
    const tab = /^\[([^\]]+)\]\(#tab\/[^)]*\)[ \t]*$/.exec(text)
    if (tab) {
      this.#note('docfx:tab', 'flattened')
      this.#label(this.#inline(tab[1]!))
      this.#current = ''
      this.#nextLine(end)
      return true
    }
    const before = this.#pendingAnchor
    const named = headingId(text)
    this.#pendingAnchor = null
    const shown = this.#inline((named?.text ?? text).replace(/[ \t]+#+[ \t]*$/, ''), false)
    const inside = this.#pendingAnchor as {readonly id: string} | null
    const early = before && this.out.slice(before.out).every((line) => line.trim() === '') ? before.id : null
    const id = named?.id ?? inside?.id ?? early
    this.#pendingAnchor = null
    this.#push(`${lead}${match[1]} ${shown}`.trimEnd())
    if (id !== null && id !== undefined) this.headingIds.set(this.out.length, id)
    this.#current = ''
    this.#hasContent = false
    if (stop < end) {
      this.#advance(stop)
      this.#prefix = lead
      this.#atLineStart = false
      this.#scan()
    } else this.#nextLine(end)
    void start
    return true
  }

  /** `: meaning` below a term. */
  #definition(marker: string, indent: number, lead: string, start: number): boolean {
    let n = this.out.length - 1
    while (n >= 0 && this.out[n]!.trim() === '') n--
    const term = this.out[n]
    if (term === undefined || this.out.length - n > 3) return false
    const follows = this.#afterDefinition || this.#stack.at(-1)?.name === 'definition'
    if (!follows && (/^\s*(?:[-*+>|#]|\d+[.)]|```|~~~)/.test(term) || n < 0)) return false
    this.#note('definition-list', 'flattened')
    const inner = this.#stack.findIndex(
      (container) => container.name === 'definition' && container.indent >= indent,
    )
    if (inner >= 0) this.#close(inner, false)
    else if (/^\s*[^*`_[\]\\<]+$/.test(term)) this.out[n] = `${/^\s*/.exec(term)![0]}**${term.trim()}**`
    if (this.out.at(-1)!.trim() !== '') this.#push('')
    this.#open({
      kind: 'indent',
      name: 'definition',
      indent,
      size: 0,
      strip: Math.min(marker.length, 4),
      quote: false,
    })
    this.#prefix = lead
    this.#current = lead
    this.#hasContent = false
    this.#advance(start + lead.length + marker.length)
    this.#atLineStart = false
    return true
  }

  #math(lead: string, end: number, closing: RegExp): boolean {
    const lines: string[] = []
    let p = end + 1
    while (p < this.#text.length) {
      const {rest, end: stop} = this.#measure(p)
      p = stop + 1
      if (closing.test(rest)) {
        this.#codeBlock(lead, '```', 'math', lines)
        this.#nextLine(stop)
        return true
      }
      if (rest.trim() === '' && lines.length > 100) return false
      lines.push(rest)
    }
    return false
  }

  /** `import` and `export` of MDX, up to the blank line or the brace that ends them. */
  #moduleCode(trimmed: string, start: number, end: number): boolean {
    const isImport =
      /^import\s+(?:type\s+)?(?:[\w*{$][^'"]*(?:from\s*)?)?(?:['"]|$)/.test(trimmed) &&
      !/^import\s+\w+\s+\w+/.test(trimmed.replace(/^import\s+(?:type\s+\w+|\w+\s+from)/, 'import'))
    const isExport = /^export\s+(?:const|let|var|default|function|class|async|type|interface|\{|\*)/.test(
      trimmed,
    )
    if (!isImport && !isExport) return false
    let stop = end
    for (let n = 0; n < 1000; n++) {
      const code = this.#text.slice(start, stop)
      if (bracketsBalance(code) && (isExport || /['"]/.test(code))) {
        if (isImport || this.#lineAfter(stop).trim() === '' || !/^[\s)\]}.?:&|<]/.test(this.#lineAfter(stop)))
          break
      }
      if (stop >= this.#text.length) break
      stop = this.#lineEnd(stop + 1)
    }
    const code = this.#text.slice(start, stop)
    const file = /^import\s+(\w+)\s+from\s+['"]([^'"]+\.mdx?)['"]/.exec(code)
    if (file) this.#context.imports.set(file[1]!, file[2]!)
    if (isExport && /<[A-Za-z]/.test(code))
      this.#note('mdx:export', 'not-understood', 'a component is defined here')
    else this.#note(isImport ? 'mdx:import' : 'mdx:export', 'dropped')
    this.#push('')
    this.#current = ''
    this.#hasContent = false
    this.#nextLine(stop)
    return true
  }

  // --- directives

  #label(text: string): void {
    const label = text.trim()
    if (label === '') return
    this.#current = this.#prefix
    this.#hasContent = false
    this.#block(/[*\\]/.test(label) ? label : `**${label}**`)
    this.#current = ''
  }

  #admonitionStart(
    name: string,
    title: string | null,
    container: Omit<Container, 'start' | 'line' | 'labels' | 'quote'>,
  ): void {
    const key = name.toLowerCase()
    const fallback = key in calloutNames ? calloutNames[key]! : ''
    const isGroup = layoutDirectives.test(key)
    const label =
      title === null
        ? isGroup
          ? ''
          : fallback || (container.kind === 'indent' || name === 'admonition' ? capital(name) : '')
        : this.#inline(title)
    if (this.out.at(-1)?.trim() !== '' && this.out.length > 0) this.#push(this.#prefix.trimEnd())
    this.#open({
      ...container,
      quote: key in calloutNames || container.kind === 'indent' || name === 'admonition',
    })
    this.#label(label)
  }

  #colonDirective(trimmed: string, indent: number, end: number): boolean {
    const match = /^(:{3,})[ \t]*(?:\{([\w:.-]+)\}|([A-Za-z][\w-]*))?(.*)$/.exec(trimmed)
    if (!match) return false
    const [, colons, myst, plain, tail] = match
    const rest = tail!.trim()
    if (myst) {
      this.#nextLine(end)
      this.#mystDirective(myst, rest, {kind: 'colon', name: myst, indent, size: colons!.length})
      return true
    }
    const name = plain ?? ''
    if (name === '') return false
    // DocFX closes on the same line: :::image source="…" alt-text="…":::
    if (rest.endsWith(':::') || /^(?:row|column|zone|moniker|zone-pivot)(?:-end)?$/.test(name)) {
      const call = callOf(`${name} ${rest.replace(/:::$/, '')}`)
      if (name === 'image') {
        const alt = call.named['alt-text'] ?? ''
        this.#block(
          `![${alt.replace(/[[\]\\]/g, '\\$&')}](${(call.named['source'] ?? '').replace(/[\s()<>]/g, encodeURIComponent)})`,
        )
      } else if (name === 'code') this.#codeInclude(call.named['source'] ?? '', null, this.#prefix, null)
      else this.#note(`directive:${name}`, 'dropped')
      if (!rest.endsWith(':::') && !/-end$/.test(name))
        this.#open({kind: 'colon', name, indent, size: colons!.length, strip: 0, quote: false})
      this.#current = ''
      this.#nextLine(end)
      return true
    }
    this.#note(`directive:${name}`, 'flattened')
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
    this.#nextLine(end)
    this.#admonitionStart(name === 'details' && title === null ? 'details' : name, shown, {
      kind: 'colon',
      name,
      indent,
      size: colons!.length,
      strip: 0,
    })
    this.#current = ''
    return true
  }

  #slashBlock(slashes: string, name: string, title: string | null, indent: number, end: number): boolean {
    this.#note(`block:${name}`, 'flattened')
    this.#nextLine(end)
    // Options stand indented right below, or between rules.
    const options: Record<string, string> = {}
    while (this.#p < this.#text.length) {
      const {rest, end: stop} = this.#measure(this.#p)
      const option = /^[ \t]{4,}([\w-]+):[ \t]*(.*)$/.exec(rest)
      if (!option) break
      options[option[1]!] = option[2]!.trim()
      this.#nextLine(stop)
    }
    const kind = {kind: 'slash', name, indent, size: slashes.length, strip: 0} as const
    if (/^(?:html|caption|figure-caption|table-caption|define|latex|math)$/.test(name)) {
      if (title && name !== 'html') this.#label(this.#inline(title))
      this.#open({...kind, quote: false})
    } else if (name === 'tab' || name === 'details') {
      this.#label(title === null ? '' : this.#inline(title))
      this.#open({...kind, quote: false})
    } else this.#admonitionStart(options['type'] ?? name, title, kind)
    this.#current = ''
    return true
  }

  /** A MyST directive whose content is Markdown. The line that opens it has been read. */
  #mystDirective(
    name: string,
    argument: string,
    container: Omit<Container, 'start' | 'line' | 'labels' | 'strip' | 'quote'>,
  ): void {
    const ahead: string[] = []
    let p = this.#p
    while (p < this.#text.length && ahead.length < 40) {
      const {rest, end} = this.#measure(p)
      ahead.push(rest.trim())
      p = end + 1
    }
    const {lines, values} = directiveOptions(ahead)
    for (let n = 0; n < lines; n++) this.#nextLine(this.#lineEnd())
    const kind = name.split(':').at(-1)!
    const box = {...container, strip: 0}
    this.#current = ''
    if (kind === 'raw' && /\bhtml\b/.test(argument)) {
      this.#note(`myst:${name}`, 'flattened')
      const from = this.#p
      const to = this.#skipDirective(container)
      this.#nested(
        this.#text
          .slice(from, to)
          .split('\n')
          .map((line) => line.trim())
          .join('\n'),
      )
      this.#current = ''
      return
    }
    if (hiddenDirectives.has(kind)) {
      this.#note(`myst:${name}`, 'dropped')
      this.#skipDirective(container)
      return
    }
    this.#note(`myst:${name}`, 'flattened')
    if (kind === 'include') {
      this.#include(argument, 'include', null)
      this.#skipDirective(container)
      return
    }
    if (kind === 'image' || kind === 'figure' || kind === 'figure-md') {
      const alt = values['alt'] ?? ''
      this.#current = this.#prefix
      if (argument !== '')
        this.#block(
          `![${alt.replace(/[[\]\\]/g, '\\$&')}](${argument.replace(/[\s()<>]/g, encodeURIComponent)})`,
        )
      this.#current = ''
      this.#open({...box, quote: false})
      return
    }
    if (
      /^(?:grid-item-card|card|tab-item|dropdown|admonition|topic|sidebar|rubric|table|list-table|csv-table|step|example|button-link|button-ref)$/.test(
        kind,
      )
    ) {
      if (kind === 'admonition') this.#admonitionStart('admonition', argument, box)
      else {
        this.#label(this.#inline(argument))
        this.#open({...box, quote: false})
      }
      return
    }
    if (/^(?:deprecated|versionadded|versionchanged)$/.test(kind)) {
      const verb = {
        deprecated: 'Deprecated since version',
        versionadded: 'New in version',
        versionchanged: 'Changed in version',
      }[kind as 'deprecated']
      this.#label(`${verb} ${this.#inline(argument)}`)
      this.#open({...box, quote: false})
      return
    }
    if (kind.toLowerCase() in calloutNames) {
      // The argument of these is the first line of their text.
      this.#admonitionStart(kind, null, box)
      if (argument !== '') {
        this.#push(`${this.#prefix}${this.#inline(argument)}`)
      }
      return
    }
    if (argument !== '' && !/^[\d\s]+$/.test(argument) && /\s|^[A-Z]/.test(argument))
      this.#label(this.#inline(argument))
    this.#open({...box, quote: false})
  }

  /** Passes over a directive's content and its closing line; the offset where its content ends. */
  #skipDirective({kind, name, size}: Pick<Container, 'kind' | 'name' | 'size'>): number {
    const char = kind === 'colon' ? ':' : name[0]!
    const closing = new RegExp(`^[ \\t>]*\\${char}{${size},}[ \\t]*$`)
    while (this.#p < this.#text.length) {
      const from = this.#p
      const {rest, end} = this.#measure(this.#p)
      this.#nextLine(end)
      if (closing.test(rest)) return from
    }
    return this.#text.length
  }

  // --- includes

  #readInclude(
    spec: string,
    construct: string,
    selector: string | null = null,
    folders: readonly string[] = includeFolders,
  ): {readonly text: string; readonly path: string} | null {
    const context = this.#context
    const roots = context.site.contentRoots
    const candidates = includeCandidates(spec, this.#options.path, [
      ...roots,
      ...folders,
      ...roots.flatMap((root) => folders.map((folder) => `${root}/${folder}`)),
    ])
    if (candidates.length === 0) {
      this.#note(construct, 'not-understood', spec)
      context.report(
        'include-outside',
        'info',
        this.#line,
        `the include ${spec} lies outside the content`,
        'It is left out.',
      )
      return null
    }
    for (const candidate of candidates.slice(0, 24)) {
      context.includes.add(candidate)
      const text = context.readInclude(candidate)
      if (text === null) continue
      if (
        context.stack.includes(candidate) ||
        context.stack.length > 8 ||
        context.included + text.length > maxIncluded
      ) {
        context.report(
          'include-circular',
          'warning',
          this.#line,
          `the include ${spec} goes in a circle or too deep`,
          'It is left out.',
        )
        return null
      }
      context.included += text.length
      this.#note(construct, 'flattened', spec)
      return {
        text: includedPart(text.replace(/\r\n?/g, '\n').replace(/^\ufeff/, ''), selector),
        path: candidate,
      }
    }
    this.#note(construct, 'not-understood', spec)
    context.report(
      'include-missing',
      'info',
      this.#line,
      `the include ${spec} is not in the content`,
      'It is left out.',
    )
    return null
  }

  #include(spec: string, construct: string, selector: string | null, folders?: readonly string[]): boolean {
    const part = this.#readInclude(spec, construct, selector, folders)
    if (!part) return false
    if (!/\.(?:mdx?|markdown|html?|txt)$/i.test(part.path)) {
      this.#current = ''
      this.#codeBlock(
        this.#prefix,
        '```',
        /\.(\w+)$/.exec(part.path)?.[1] ?? '',
        part.text.replace(/\n$/, '').split('\n'),
      )
      return true
    }
    this.#context.stack.push(part.path)
    this.#current = this.#prefix
    this.#nested(splitFrontMatter(part.text, part.path).body, part.path)
    this.#context.stack.pop()
    this.#current = ''
    return true
  }

  #codeInclude(file: string, region: string | null, lead: string, title: string | null): void {
    const [name, selector] = selectorOf(file)
    const part = this.#readInclude(name, 'code-include', region ?? selector)
    if (!part) return
    const language = /\.(\w+)$/.exec(name)?.[1] ?? ''
    this.#codeBlock(lead, '```', plainInfo(language, title), part.text.replace(/\n$/, '').split('\n'))
  }

  // --- inside a line

  /** Reads text up to the end of its line, or past it where a construct does. */
  #scan(): void {
    const text = this.#text
    while (this.#p < text.length) {
      plainRun.lastIndex = this.#p
      const run = plainRun.exec(text)
      if (run) {
        this.#put(this.#raw ? this.#escaped(run[0]) : run[0])
        this.#p = plainRun.lastIndex
        continue
      }
      const char = text[this.#p]!
      switch (char) {
        case '\n':
          if (this.#options.inline) {
            this.#put(' ')
            this.#advance(this.#p + 1)
            break
          }
          this.#endLine()
          this.#nextLine(this.#p)
          return
        case '\\':
          if (this.#raw) this.#put('\\\\')
          else if (text[this.#p + 1] === '\n' || this.#p + 1 >= text.length)
            this.#put(this.#isOneLine() ? ' ' : '\\')
          else {
            this.#put(text.slice(this.#p, this.#p + 2))
            this.#p++
          }
          this.#p++
          break
        case '`':
          this.#codeSpan()
          break
        case '<':
          if (!this.#angle()) {
            this.#put(/[A-Za-z/!?]/.test(text[this.#p + 1] ?? '') ? '\\<' : '<')
            this.#p++
          }
          break
        case '{':
          if (!this.#brace()) {
            this.#put('{')
            this.#p++
          }
          break
        case ']':
          if (!this.#linkEnd()) {
            this.#put(this.#raw ? '\\]' : ']')
            this.#p++
          }
          break
        case '[':
          if (this.#raw) this.#put('\\[')
          else if (!this.#bracket()) this.#put('[')
          else break
          this.#p++
          break
        case ':':
          if (!this.#colon()) {
            this.#put(':')
            this.#p++
          }
          break
        default:
          this.#put(char)
          this.#p++
      }
      // A construct that ended lines leaves the next one to be looked at as a whole.
      if (this.#atLineStart) return
    }
  }

  /** Text of an HTML block: what Markdown would read in it stays literal. */
  #escaped(run: string): string {
    let out = run.replace(/[*_~]/g, '\\$&')
    if (!this.#hasContent)
      out = out.replace(
        /^(\s*)([#>+=-]|\d+[.)](?=\s))/,
        (_, space, mark: string) => `${space}${mark.length > 1 ? mark.replace(/[.)]/, '\\$&') : `\\${mark}`}`,
      )
    return this.#hasContent ? out : out.trimStart()
  }

  #codeSpan(): void {
    const text = this.#text
    const run = /^`+/.exec(text.slice(this.#p, this.#p + 200))![0]
    if (this.#raw) {
      this.#put(run.replace(/`/g, '\\`'))
      this.#p += run.length
      return
    }
    const limit = this.#endOfParagraph()
    let at = text.indexOf(run, this.#p + run.length)
    while (at >= 0 && at < limit && (text[at + run.length] === '`' || text[at - 1] === '`')) {
      const next = /`+/y
      next.lastIndex = at
      next.exec(text)
      at = text.indexOf(run, Math.max(next.lastIndex, at + 1))
    }
    if (at < 0 || at >= limit) {
      this.#put(run)
      this.#p += run.length
      return
    }
    let code = text.slice(this.#p + run.length, at)
    if (code.includes('\n')) code = code.replace(/[ \t]*\n[ \t>]*/g, ' ')
    if (code.includes('{{<') || code.includes('{{%')) code = this.#shortcodesInCode(code)
    this.#put(code.trim() === '' ? '' : run + code + run)
    this.#advance(at + run.length)
  }

  #endOfParagraph(): number {
    if (this.#paragraphEnd <= this.#p) {
      blankLine.lastIndex = this.#p
      this.#paragraphEnd = blankLine.exec(this.#text)?.index ?? this.#text.length
    }
    return this.#isOneLine() && !this.#options.inline
      ? Math.min(this.#lineEnd(), this.#paragraphEnd)
      : this.#paragraphEnd
  }

  /** What begins with `<`. False leaves it to be text. */
  #angle(): boolean {
    const text = this.#text
    const p = this.#p
    const next = text[p + 1] ?? ''
    if (next === '!' || next === '?') {
      const [open, close] = text.startsWith('<!--', p)
        ? ['<!--', '-->']
        : text.startsWith('<![CDATA[', p)
          ? ['<![CDATA[', ']]>']
          : next === '?'
            ? ['<?', '?>']
            : ['<!', '>']
      if (open === '<!' && !/[A-Za-z]/.test(text[p + 2] ?? '')) return false
      const end = text.startsWith('<!-->', p) ? p + 2 : text.indexOf(close!, p + open!.length)
      if (end < 0) {
        if (open !== '<!--') return false
        // CommonMark: an unclosed comment runs to the end of the page, and shows nothing.
        this.#note('comment', 'dropped', 'never closed')
        this.#context.report(
          'unclosed-comment',
          'warning',
          this.#line,
          'the comment that begins here is never closed',
        )
        this.#advance(text.length)
        return true
      }
      this.#note('comment', 'dropped')
      const anchor = !this.#hasContent
      this.#advance(end + close!.length)
      // A comment alone on its lines leaves none behind.
      if (anchor && /^[ \t]*(?:\n|$)/.test(text.slice(this.#p, this.#lineEnd() + 1)) && !this.#isOneLine()) {
        if (this.#current.trim() === '') this.#current = ''
      }
      return true
    }
    const autolink = /^<((?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)|[^\s<>@/]+@[^\s<>@]+\.[^\s<>@]+)>/.exec(
      text.slice(p, p + 2000),
    )
    if (autolink && !/^<\w+:[a-z]+(?:\s|>)/.test(autolink[0])) {
      this.#put(autolink[0])
      this.#p += autolink[0].length
      return true
    }
    const tag = tagAt(text, p)
    if (!tag) return false
    return this.#tag(tag)
  }

  #tag(tag: Tag): boolean {
    const name = tag.name.toLowerCase()
    const isComponent = /^[A-Z]/.test(tag.name) || tag.name.includes('.')
    const isHtml = blockElements.has(name) || inlineElements.has(name) || hiddenElements.has(name)
    if ((isComponent && !isHtml) || (isComponent && this.#context.mdx)) {
      if (!this.#isPlaceholder(tag)) return this.#component(tag)
      return false
    }
    if (tag.name === '') {
      this.#advance(tag.end)
      return true
    }
    if (!isHtml) {
      if (this.#isPlaceholder(tag)) {
        this.#note('placeholder', 'flattened', `<${tag.name}>`)
        return false
      }
      return this.#component(tag)
    }
    if (hiddenElements.has(name)) {
      const end = tag.kind === 'open' ? this.#closing(name, tag.end) : null
      this.#note(`html:${name}`, 'dropped')
      this.#advance(end ? end.end : tag.end)
      return true
    }
    if (tag.kind === 'open') {
      if (name === 'pre') return this.#pre(tag)
      if (name === 'code' || name === 'kbd' || name === 'samp' || name === 'tt') return this.#codeElement(tag)
      if (name === 'table') return this.#table(tag)
      if (/^h[1-6]$/.test(name)) return this.#headingElement(tag, name)
      if (name === 'summary' || name === 'figcaption' || name === 'legend' || name === 'caption')
        return this.#captionElement(tag, name)
    }
    const id = attributeOf(tag, 'id') ?? (name === 'a' ? attributeOf(tag, 'name') : null)
    if (id !== null && name === 'a' && attributeOf(tag, 'href') === null)
      this.#pendingAnchor = {id, out: this.out.length}
    switch (name) {
      case 'a':
        return this.#anchorElement(tag)
      case 'img':
        this.#image(tag)
        return true
      case 'br':
        this.#advance(tag.end)
        if (this.#isOneLine()) this.#put(' ')
        else if (this.#hasContent && !/^[ \t]*\n/.test(this.#text.slice(this.#p, this.#lineEnd() + 1))) {
          this.#push(this.#current.trimEnd())
          this.#current = this.#prefix
          this.#hasContent = false
          this.#skipSpace()
        }
        return true
      case 'b':
      case 'strong':
      case 'i':
      case 'em':
        return this.#emphasis(tag, name === 'b' || name === 'strong' ? '**' : '*')
      case 'ul':
      case 'ol':
      case 'menu':
        this.#advance(tag.end)
        this.#listElement(tag, name === 'ol')
        return true
      case 'li':
        this.#advance(tag.end)
        this.#itemElement(tag)
        return true
      case 'wbr':
        this.#advance(tag.end)
        return true
      default:
    }
    this.#advance(tag.end)
    if (blockElements.has(name)) {
      this.#break()
      this.#skipSpace()
      if (this.#context.mdx && !this.#options.inline) this.#elementContainer(tag, name)
    } else if (name === 'option' || name === 'button') this.#put(' ')
    return true
  }

  /** In MDX what stands in an element is indented below it, and is Markdown all the same. */
  #elementContainer(tag: Tag, name: string): void {
    if (tag.kind === 'open' && /^[ \t]*(?:\n|$)/.test(this.#text.slice(this.#p, this.#lineEnd() + 1))) {
      this.#open({
        kind: 'element',
        name,
        indent: columnsOf(/^[ \t]*/.exec(this.#prefix)![0]),
        size: 0,
        strip: -1,
        quote: false,
      })
    } else if (tag.kind === 'close') this.#closeElement(name)
  }

  #closeElement(name: string): boolean {
    const n = this.#stack.findLastIndex(
      (container) => container.kind === 'element' && container.name === name,
    )
    if (n < 0) return false
    if (!this.#options.inline) {
      if (this.#hasContent) this.#endLine()
      this.#current = ''
      this.#hasContent = false
      this.#close(n, true)
      this.#prefix = ' '.repeat(Math.max(0, this.#listOffsets.at(-1) ?? 0))
      this.#current = this.#prefix
      this.#blank()
    }
    return true
  }

  #skipSpace(): void {
    while (this.#text[this.#p] === ' ' || this.#text[this.#p] === '\t') this.#p++
  }

  /** `<your-name>` in prose: no element that is known, no attributes, never closed. */
  #isPlaceholder(tag: Tag): boolean {
    if (tag.attributes.length > 0 || tag.kind === 'self-closing' || tag.name === '') return false
    const {name} = tag
    if (this.#context.imports.has(name)) return false
    if (tag.kind === 'close') return !this.#opened(name)
    return !this.#closing(name, tag.end, Math.min(this.#text.length, tag.end + 200_000))
  }

  #opened(name: string): boolean {
    let first = this.#firstOpen.get(name)
    if (first === undefined) {
      first = this.#text.search(new RegExp(`<${escapedName(name)}(?=[\\s/>])`))
      if (first < 0) first = Number.POSITIVE_INFINITY
      this.#firstOpen.set(name, first)
    }
    return first < this.#p || this.#options.inline === true
  }

  /** `closingTag`, without looking twice for what is not there, and never much longer than the page deserves. */
  #closing(
    name: string,
    from: number,
    limit = this.#text.length,
  ): {readonly start: number; readonly end: number} | null {
    const key = name.toLowerCase()
    let last = this.#lastClose.get(key)
    if (last === undefined) {
      this.#lower ??= this.#text.toLowerCase()
      last = this.#lower.lastIndexOf(`</${key}`)
      this.#lastClose.set(key, last)
    }
    if (last < from || this.#context.scansLeft <= 0) return null
    const found = closingTag(this.#text, name, from, Math.min(limit, last + 1))
    this.#context.scansLeft -= (found?.end ?? Math.min(limit, last)) - from
    return found
  }

  #closingShortcode(name: string, from: number): {readonly start: number; readonly end: number} | null {
    let closers = this.#shortcodeClosers.get(name)
    if (!closers) {
      const pattern = new RegExp(`\\{\\{[<%]\\s*/\\s*${escapedName(name)}\\s*[>%]\\}\\}`, 'g')
      closers = [...this.#text.matchAll(pattern)].map((match) => ({
        start: match.index,
        end: match.index + match[0].length,
      }))
      this.#shortcodeClosers.set(name, closers)
    }
    // Read in order, so the ones passed are never wanted again.
    while (closers.length > 0 && closers[0]!.start < from) closers.shift()
    return closers[0] ?? null
  }

  #component(tag: Tag): boolean {
    const key = tag.name.toLowerCase().split('.').at(-1)!
    const construct = `jsx:${tag.name}`
    const lineRest = this.#text.slice(tag.end, this.#lineEnd(tag.end)).trim()
    const wasEmpty = !this.#hasContent
    if (tag.kind === 'close') {
      const own = this.#stack.findLastIndex(
        (container) => container.kind === 'element' && container.name === tag.name,
      )
      this.#advance(tag.end)
      if (own >= 0) this.#closeElement(tag.name)
      else if (wasEmpty) this.#break()
      if (own >= 0 || wasEmpty) this.#skipSpace()
      return true
    }
    const file = this.#context.imports.get(tag.name)
    if (file !== undefined || (key === 'snippet' && attributeOf(tag, 'file') !== null)) {
      const spec = file ?? `snippets/${attributeOf(tag, 'file')}`
      this.#advance(tag.end)
      this.#break()
      this.#include(spec, 'include', null)
      this.#current = this.#prefix
      return true
    }
    const {label, texts, href} = componentText(tag)
    if (/^(?:img|image|picture|themedimage|screenshot|zoomimage)$/.test(key)) {
      this.#note(construct, 'flattened')
      this.#image(tag)
      return true
    }
    const isBlock =
      !this.#isOneLine() &&
      wasEmpty &&
      (lineRest === '' ||
        lineRest.endsWith(`</${tag.name}>`) ||
        (tag.kind === 'self-closing' && lineRest === ''))
    const group = this.#stack.at(-1)
    const given = label ?? (isTabName(tag.name) ? (group?.labels.shift() ?? null) : null)
    const title = given ?? (key in calloutNames ? calloutNames[key]! || calloutTitle(tag) : null)
    const shown = [...(title ? [title] : []), ...texts]
    if (tag.kind === 'self-closing' && shown.length === 0)
      this.#note(construct, 'not-understood', 'it has no text of its own')
    else this.#note(construct, 'flattened')

    this.#advance(tag.end)
    if (!isBlock) {
      // A tooltip's own words come first; then what only shows on hovering.
      if (shown.length > 0)
        this.#put(`${this.#hasContent ? ' ' : ''}${this.#inline(shown.join(' '), false)} `)
      return true
    }
    this.#break()
    if (tag.kind === 'open' && lineRest === '') {
      const indent = columnsOf(/^[ \t]*/.exec(this.#prefix)![0])
      this.#open({
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
      const text = this.#inline(title, false)
      const bold = /[*\\]/.test(text) ? text : `**${text}**`
      this.#put(
        href && !text.includes('](') ? `[${bold}](${href.replace(/[\s()<>]/g, encodeURIComponent)})` : bold,
      )
      this.#break()
    }
    for (const text of texts) {
      this.#put(this.#inline(text, false))
      this.#break()
    }
    this.#skipSpace()
    return true
  }

  #pre(tag: Tag): boolean {
    const close = this.#closing('pre', tag.end)
    if (!close) {
      this.#advance(tag.end)
      this.#break()
      return true
    }
    let inner = this.#text.slice(tag.end, close.start)
    const code = /^\s*<code([^>]*)>/i.exec(inner)
    const named =
      /(?:class(?:Name)?|lang|language)\s*=\s*["']?(?:[^"'>]*\s)?(?:language-|lang-|highlight-)?([\w+#-]+)/.exec(
        `${code?.[1] ?? ''} ${tag.attributes.map(({name, value}) => `${name}="${value ?? ''}"`).join(' ')}`,
      )
    const language = code || /language-/.test(named?.[0] ?? '') ? (named?.[1] ?? '') : ''
    const template =
      /^\s*(?:<code[^>]*>)?\s*\{\s*(`[\s\S]*`|"[\s\S]*"|'[\s\S]*')\s*\}\s*(?:<\/code>)?\s*$/.exec(inner)
    inner =
      template && this.#context.mdx
        ? (wholeString(template[1]!) ?? inner)
        : decodeEntities(withoutTags(inner))
    this.#note('html:pre', 'flattened')
    const lines = inner.replace(/^\n/, '').replace(/\s+$/, '').split('\n')
    if (this.#isOneLine()) {
      const flat = lines
        .map((line) => line.trim())
        .filter(Boolean)
        .join(' ')
      this.#put(` ${codeSpanOf(flat, this.#isCell())} `)
      this.#advance(close.end)
      return true
    }
    this.#break()
    const lead = this.#current
    const rest = this.#prefix
    this.#current = ''
    const longest = Math.max(2, ...lines.map((line) => /`{3,}/.exec(line)?.[0].length ?? 0))
    const mark = '`'.repeat(longest + 1)
    this.#push(`${lead}${mark}${language}`)
    for (const line of lines) this.#push(line === '' ? rest.trimEnd() : rest + line)
    this.#push(`${rest}${mark}`)
    this.#current = rest
    this.#hasContent = false
    this.#advance(close.end)
    this.#blank()
    return true
  }

  #isCell(): boolean {
    return this.#options.inline === true || this.#inTable
  }

  #codeElement(tag: Tag): boolean {
    const close = this.#closing(tag.name, tag.end, Math.min(this.#text.length, tag.end + 20_000))
    if (!close) {
      this.#advance(tag.end)
      return true
    }
    const source = this.#text.slice(tag.end, close.start)
    if (/\n[ \t]*\n/.test(source) || /<(?:p|div|ul|table|pre)\b/i.test(source)) {
      this.#advance(tag.end)
      return true
    }
    let code = source
    if (this.#context.mdx && code.includes('{')) {
      code = code.replace(
        /\{\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*\}/g,
        (whole, string: string) => wholeString(string) ?? whole,
      )
    }
    // Markdown inside an inline element counts; in a code element it can only be more code.
    const link = this.#raw ? null : /^\s*\[([^\]]*)\]\(([^()\s]*)\)\s*$/.exec(code)
    const anchor = /^\s*<a\s[^>]*href=["']([^"']*)["'][^>]*>([\s\S]*)<\/a>\s*$/i.exec(code)
    if (code.includes('{{')) code = this.#shortcodesInCode(code)
    const words = decodeEntities(withoutTags(link ? link[1]! : code))
      .replace(/\s+/g, ' ')
      .replace(/^`+|`+$/g, '')
    const span = codeSpanOf(words.trim(), this.#isCell())
    const target = link?.[2] ?? anchor?.[1]
    this.#put(target && span !== '' && !/[\s()<>]/.test(target) ? `[${span}](${target})` : span)
    this.#advance(close.end)
    return true
  }

  #emphasis(tag: Tag, mark: string): boolean {
    this.#advance(tag.end)
    if (tag.kind !== 'open') return true
    const close = this.#closing(tag.name, tag.end, Math.min(this.#text.length, tag.end + 500))
    if (!close) return true
    const inner = this.#text.slice(tag.end, close.start)
    const before = this.#current.at(-1) ?? ' '
    const after = this.#text[close.end] ?? ' '
    const plain = /^[^\s*_`<>[\]{}\\][^*_`<>[\]{}\\\n]*[^\s*_`<>[\]{}\\]$|^[^\s*_`<>[\]{}\\]$/.test(inner)
    if (!plain || /[\w*_]/.test(before) || /[\w*_]/.test(after)) return true
    this.#put(`${mark}${inner}${mark}`)
    this.#advance(close.end)
    return true
  }

  #anchorElement(tag: Tag): boolean {
    this.#advance(tag.end)
    const href = attributeOf(tag, 'href')
    if (tag.kind !== 'open' || href === null || href === '') return true
    const close = this.#closing('a', tag.end, Math.min(this.#text.length, tag.end + 3000))
    if (!close) return true
    const inner = this.#text.slice(tag.end, close.start)
    if (
      /\n[ \t]*\n|<(?:div|p|ul|ol|li|h\d|table|pre|section|article|br|figure)\b|<[A-Z]|```/i.test(inner) &&
      /<(?:div|p|ul|ol|li|h\d|table|pre|section|article|figure)\b|\n[ \t]*\n|<[A-Z]/.test(inner)
    )
      return true
    const label = this.#inline(inner)
    const target = href.includes('{{') ? this.#destination(href) : href
    this.#put(
      label === ''
        ? ''
        : label.includes('](')
          ? label
          : `[${label}](${target.replace(/[\s()<>]/g, encodeURIComponent)})`,
    )
    this.#advance(close.end)
    return true
  }

  #image(tag: Tag): void {
    const alt = (attributeOf(tag, 'alt') ?? '').replace(/\s+/g, ' ').trim()
    const source = attributeOf(tag, 'src') ?? ''
    const caption = attributeOf(tag, 'caption')
    this.#advance(tag.end)
    const target =
      source.startsWith('data:') || /[{}]/.test(source) ? '' : source.replace(/[\s()<>]/g, encodeURIComponent)
    const isCell = this.#isCell()
    const tidy = decodeEntities(alt).replace(/[[\]\\`*_<]/g, '\\$&')
    if (alt !== '') this.#put(`![${isCell ? tidy.replaceAll('|', '\\|') : tidy}](${target})`)
    if (caption) this.#put(` ${this.#inline(caption, false)}`)
  }

  #headingElement(tag: Tag, name: string): boolean {
    const close = this.#closing(name, tag.end, Math.min(this.#text.length, tag.end + 5000))
    if (!close || this.#isOneLine()) {
      this.#advance(tag.end)
      this.#break()
      return true
    }
    this.#pendingAnchor = null
    const inner = this.#inline(this.#text.slice(tag.end, close.start))
    const inside = this.#pendingAnchor as {readonly id: string} | null
    const id = attributeOf(tag, 'id') ?? inside?.id ?? null
    this.#note('html:heading', 'flattened')
    this.#break()
    if (inner !== '') {
      this.#push(`${this.#current}${'#'.repeat(Number(name[1]))} ${inner}`)
      if (id !== null) this.headingIds.set(this.out.length, id)
    }
    this.#current = this.#prefix
    this.#hasContent = false
    this.#pendingAnchor = null
    this.#advance(close.end)
    this.#blank()
    return true
  }

  #captionElement(tag: Tag, name: string): boolean {
    const close = this.#closing(name, tag.end, Math.min(this.#text.length, tag.end + 3000))
    this.#break()
    if (!close || /<(?:p|div|ul|table)\b/i.test(this.#text.slice(tag.end, close.start))) {
      this.#advance(tag.end)
      return true
    }
    const inner = this.#inline(this.#text.slice(tag.end, close.start))
    this.#put(inner === '' || /[*\\]/.test(inner) ? inner : `**${inner}**`)
    this.#advance(close.end)
    this.#break()
    this.#skipSpace()
    return true
  }

  #listElement(tag: Tag, ordered: boolean): void {
    if (this.#isOneLine()) {
      this.#put(' ')
      return
    }
    if (tag.kind === 'open') {
      if (this.#hasContent) {
        this.#push(this.#current.trimEnd())
        this.#current = this.#prefix
        this.#hasContent = false
      }
      if (this.#htmlLists.length === 0) this.#blank()
      this.#htmlLists.push({ordered, prefix: this.#prefix.slice(this.#rawPrefix.length)})
      if (this.#context.mdx) this.#elementContainer(tag, ordered ? 'ol' : 'ul')
    } else {
      if (this.#hasContent) {
        this.#push(this.#current.trimEnd())
        this.#hasContent = false
      }
      const list = this.#htmlLists.pop()
      if (this.#context.mdx) this.#closeElement(ordered ? 'ol' : 'ul')
      this.#prefix = this.#rawPrefix + (list?.prefix ?? '')
      this.#current = this.#prefix
      if (this.#htmlLists.length === 0) this.#blank()
    }
  }

  #itemElement(tag: Tag): void {
    if (this.#isOneLine()) {
      this.#put(tag.kind === 'close' ? ' ' : ' • ')
      return
    }
    if (this.#hasContent) this.#push(this.#current.trimEnd())
    this.#hasContent = false
    const list = this.#htmlLists.at(-1)
    const base = this.#rawPrefix + (list?.prefix ?? '')
    if (tag.kind === 'close') {
      this.#prefix = base
      this.#current = base
      return
    }
    const marker = list?.ordered ? '1. ' : '- '
    this.#current = base + marker
    this.#prefix = base + ' '.repeat(marker.length)
    this.#skipSpace()
  }

  /** An HTML table as a pipe table; one that lays out blocks is taken apart instead. */
  #table(tag: Tag): boolean {
    const close = this.#closing('table', tag.end)
    const inner = close ? this.#text.slice(tag.end, close.start) : ''
    if (
      !close ||
      this.#isOneLine() ||
      /<table[\s>]|(?:^|\n)[ \t]*(?:`{3}|~{3}|#{1,6}[ \t])|<h[1-6][\s>]/i.test(inner)
    ) {
      this.#note('html:table', 'flattened', 'its cells become paragraphs')
      this.#advance(tag.end)
      this.#break()
      return true
    }
    this.#note('html:table', 'flattened')
    this.#break()
    const lead = this.#current
    const rest = this.#prefix
    const raw = this.#raw && this.#context.mdx !== true
    const rows: {readonly cells: string[]; readonly line: number; readonly header: boolean}[] = []
    let caption = ''
    let row: {cells: string[]; line: number; header: boolean} | null = null
    let cell: {from: number; span: number} | null = null
    let p = tag.end
    const firstLine = this.#line
    const lineAt = (_offset: number): number => {
      if (this.#options.fixedLine) return firstLine
      return this.#line
    }
    const endCell = (to: number): void => {
      if (!cell) return
      const text = this.#text.slice(cell.from, to)
      this.#advance(cell.from)
      // A blank line inside makes Markdown of the rest, as it does on the site.
      const content = this.#inline(text, raw && !/\n[ \t]*\n/.test(text))
        .replace(/(^|[^\\])\|/g, '$1\\|')
        .replace(/(^|[^\\])\|/g, '$1\\|')
      row ??= {cells: [], line: this.#line, header: false}
      row.cells.push(content)
      for (let n = 1; n < Math.min(cell.span, 20); n++) row.cells.push('')
      cell = null
    }
    const endRow = (): void => {
      if (row && row.cells.length > 0) rows.push(row)
      row = null
    }
    while (p < close.start) {
      const at = this.#text.indexOf('<', p)
      if (at < 0 || at >= close.start) break
      if (this.#text.startsWith('<!--', at)) {
        const end = this.#text.indexOf('-->', at)
        p = end < 0 ? close.start : end + 3
        continue
      }
      const found = tagAt(this.#text, at)
      if (!found) {
        p = at + 1
        continue
      }
      const name = found.name.toLowerCase()
      if (name === 'tr' || name === 'thead' || name === 'tbody' || name === 'tfoot') {
        endCell(at)
        endRow()
        if (name === 'tr' && found.kind === 'open') {
          this.#advance(at)
          row = {cells: [], line: lineAt(at), header: false}
        }
      } else if (name === 'td' || name === 'th') {
        endCell(at)
        if (found.kind === 'open') {
          if (!row) {
            this.#advance(at)
            row = {cells: [], line: lineAt(at), header: false}
          }
          if (name === 'th') row.header = true
          cell = {from: found.end, span: Number(attributeOf(found, 'colspan') ?? 1) || 1}
        }
      } else if (name === 'caption' && found.kind === 'open') {
        const end = this.#closing('caption', found.end, close.start)
        if (end) {
          caption = this.#inline(this.#text.slice(found.end, end.start), raw)
          p = end.end
          continue
        }
      }
      p = found.end
    }
    endCell(close.start)
    endRow()
    const width = Math.max(0, ...rows.map(({cells}) => cells.length))
    const emit = (text: string, line: number): void => {
      this.out.push(text)
      this.lines.push(line)
    }
    if (caption !== '') {
      emit(`${lead}**${caption.replaceAll('*', '\\*')}**`, firstLine)
      emit(rest.trimEnd(), firstLine)
    }
    if (width > 0) {
      const format = (cells: readonly string[]): string => {
        const padded = Array.from({length: width}, (_, n) => cells[n] ?? '')
        return `| ${padded.join(' | ')} |`
      }
      const head = rows[0]!.header ? rows.shift()! : null
      emit(`${caption === '' ? lead : rest}${format(head?.cells ?? [])}`, head?.line ?? firstLine)
      emit(`${rest}|${' --- |'.repeat(width)}`, head?.line ?? firstLine)
      for (const {cells, line} of rows) emit(rest + format(cells), line)
    }
    this.#current = rest
    this.#hasContent = false
    this.#advance(close.end)
    this.#blank()
    return true
  }

  // --- braces

  #brace(): boolean {
    const text = this.#text
    const p = this.#p
    if (text.startsWith('{{', p)) {
      if (text[p + 2] === '<' || text[p + 2] === '%') {
        const found = shortcodeAt(text, p)
        if (found) {
          if ('escaped' in found) {
            this.#put(found.escaped.replace(/[<*_[\]]/g, '\\$&'))
            this.#advance(found.end)
          } else this.#shortcode(found)
          return true
        }
      }
      return this.#doubleBrace()
    }
    if (text[p + 1] === '%') return this.#liquid()
    if (text[p + 1] === '/' && text[p + 2] === '*') {
      const end = text.indexOf('*/', p + 3)
      const close = end < 0 ? -1 : text.indexOf('}', end)
      if (close < 0 || text.slice(end + 2, close).trim() !== '') return false
      this.#note('comment', 'dropped')
      this.#advance(close + 1)
      return true
    }
    const role = /^\{([a-z][\w:+.-]*)\}(`+)((?:(?!\2)[\s\S]){1,1000}?)\2(?!`)/i.exec(text.slice(p, p + 1200))
    if (role && !this.#raw) {
      this.#role(role[1]!, role[3]!, role[0].length)
      return true
    }
    // Attribute lists: {: .class}, { .class }, { #id }, { width="300" }
    const attributes = /^\{(?::|(?=\s*[.#][A-Za-z])|(?=\s*[\w-]+=["'\w]))[^{}\n]*\}/.exec(
      text.slice(p, p + 400),
    )
    if (
      attributes &&
      this.#context.mdx !== true &&
      (/[)\]*_`]/.test(this.#current.at(-1) ?? '') ||
        attributes[0][1] === ':' ||
        /^\{\s*\.[\w-]+/.test(attributes[0]))
    ) {
      const ahead = text.slice(p + attributes[0].length, this.#lineEnd()).trim()
      if (/[)\]*_`]/.test(this.#current.at(-1) ?? '') || ahead === '') {
        this.#note('attribute-list', 'dropped')
        this.#advance(p + attributes[0].length)
        return true
      }
    }
    if (this.#context.mdx) return this.#expression()
    return false
  }

  #role(name: string, content: string, length: number): void {
    this.#note(`myst:${name}`, 'flattened')
    const titled = /^([\s\S]*?)\s*<([^<>]*)>$/.exec(content)
    const text = (titled && titled[1] !== '' ? titled[1]! : content).replace(/\s+/g, ' ')
    const kind = name.split(':').at(-1)!
    if (
      /^(?:ref|doc|term|numref|download|any|abbr|guilabel|menuselection|index|sub|sup|eq|cite\w*|octicon|fa|material-\w+|fas|fab|far)$/.test(
        kind,
      )
    ) {
      if (/^(?:octicon|fa\w?|material-\w+)$/.test(kind)) this.#put('')
      else this.#put((titled ? text : text.replace(/^[~!/]+/, '')).replace(/[*_[\]<]/g, '\\$&'))
    } else if (/^(?:bdg\S*|badge)$/.test(kind)) this.#put(text)
    else {
      const short = text.startsWith('~') ? text.slice(1).split('.').at(-1)! : text.replace(/^!/, '')
      this.#put(codeSpanOf(short, this.#isCell()))
    }
    this.#advance(this.#p + length)
  }

  #doubleBrace(): boolean {
    const text = this.#text
    const p = this.#p
    const end = text.indexOf('}}', p + 2)
    if (end < 0 || end - p > 2000) return false
    const inside = text.slice(p + 2, end)
    if (inside.includes('{') || /\n[ \t]*\n/.test(inside))
      return this.#context.mdx ? this.#expression() : false
    const call = macroCall(inside)
    if (call) {
      const shown = macroText(call)
      if (shown !== null) {
        this.#note(`macro:${call.name}`, shown === '' ? 'dropped' : 'flattened')
        this.#advance(end + 2)
        const isBox =
          shown.startsWith('**') &&
          !this.#hasContent &&
          /^\s*(?:\n|$|\{\{)/.test(text.slice(this.#p, this.#p + 200))
        if (isBox) this.#block(shown)
        else this.#put(this.#isCell() ? shown.replaceAll('|', '\\|') : shown)
        return true
      }
    }
    const literal = wholeString(inside.split('|')[0]!.trim())
    if (literal !== null && (this.#context.templates || this.#context.mdx === false)) {
      this.#note('template', 'flattened')
      this.#put(literal.replace(/[*_[\]<`\\]/g, '\\$&'))
      this.#advance(end + 2)
      return true
    }
    const include = /^#(?:include|rustdoc_include|playground)\s+(\S+)/.exec(inside)
    if (include) {
      this.#advance(end + 2)
      const [file, selector] = selectorOf(include[1]!)
      const part = this.#readInclude(file, 'include', selector)
      if (part) this.#nested(part.text, part.path)
      return true
    }
    if (this.#context.templates) {
      this.#note('template', 'not-understood', inside.trim())
      this.#advance(end + 2)
      return true
    }
    if (this.#context.mdx === true) return this.#expression()
    return false
  }

  #liquid(): boolean {
    const text = this.#text
    const match = /^\{%-?\s*([\s\S]*?)-?%\}/.exec(text.slice(this.#p, this.#p + 3000))
    if (!match) return false
    const call = callOf(match[1]!.trim())
    const name = call.name.replace(/^end(?=\w)/, '')
    const isEnd = call.name.startsWith('end') || call.kind === 'close'
    const to = this.#p + match[0].length
    if ((name === 'raw' || name === 'comment' || name === 'highlight' || name === 'code-block') && !isEnd) {
      const close = new RegExp(`\\{%-?\\s*end${name}\\s*-?%\\}`).exec(text.slice(to))
      if (close) {
        const inner = text.slice(to, to + close.index)
        const after = to + close.index + close[0].length
        this.#note(`liquid:${name}`, name === 'comment' ? 'dropped' : 'flattened')
        if (name === 'raw') this.#put(inner.includes('\n') ? '' : inner.replace(/[<*_[\]]/g, '\\$&'))
        if (name === 'raw' && inner.includes('\n')) {
          this.#advance(to)
          this.#rawLiquid(inner)
        } else if (name === 'highlight' || name === 'code-block') {
          this.#break()
          const lead = this.#current
          this.#current = ''
          this.#codeBlock(
            lead,
            '```',
            call.positional[0] ?? '',
            inner.replace(/^\n/, '').replace(/\s+$/, '').split('\n'),
          )
          this.#current = this.#prefix
        }
        this.#advance(after)
        return true
      }
    }
    this.#advance(to)
    const label = call.named['title'] ?? call.named['label'] ?? call.named['summary'] ?? null
    const positional = call.positional.filter((value) => value !== '%')
    if (isEnd) {
      const n = this.#stack.findLastIndex(
        (container) => container.kind === 'liquid' && container.name === name,
      )
      if (this.#hasContent) this.#endLine()
      if (n >= 0) this.#close(n, true)
      this.#break()
    } else if (name === 'include' || name === 'include_relative' || name === 'partial' || name === 'render') {
      const file = positional[0] ?? call.named['file'] ?? ''
      if (file !== '' && !file.includes('{')) {
        this.#break()
        if (
          this.#include(file.replace(/^["']|["']$/g, ''), 'include', null, [
            '_includes',
            'includes',
            'snippets',
          ])
        )
          this.#current = this.#prefix
        const shown = Object.entries(call.named).filter(
          ([key, value]) => /^(?:content|title|text|message)$/.test(key) && value !== '',
        )
        for (const [, value] of shown) this.#block(this.#inline(value, false))
      }
    } else if (/^(?:tab|step|details|code|card|accordion|expand)$/.test(name)) {
      this.#note(`liquid:${name}`, 'flattened')
      this.#break()
      const title = label ?? (name === 'code' ? null : positional.join(' '))
      if (title) this.#block(`**${title.replaceAll('*', '')}**`)
    } else if (name in calloutNames) {
      this.#note(`liquid:${name}`, 'flattened')
      this.#break()
      this.#open({
        kind: 'liquid',
        name,
        indent: columnsOf(/^[ \t]*/.exec(this.#prefix)![0]),
        size: 0,
        strip: 0,
        quote: true,
      })
      const kind = call.named['style'] ?? call.named['type'] ?? ''
      const title = label ?? (calloutNames[kind] || calloutNames[name] || '')
      if (title) this.#block(`**${title}**`)
    } else {
      this.#note(`liquid:${name}`, label ? 'flattened' : 'dropped')
      if (label) this.#block(`**${label.replaceAll('*', '')}**`)
    }
    this.#skipSpace()
    return true
  }

  #rawLiquid(inner: string): void {
    this.#break()
    for (const line of inner.split('\n')) this.#push(line)
    this.#current = this.#prefix
  }

  /** A JavaScript expression in MDX. */
  #expression(): boolean {
    if (this.#context.scansLeft <= 0) return false
    const end = balancedEnd(this.#text, this.#p, Math.min(this.#text.length, this.#p + 20_000))
    this.#context.scansLeft -= end < 0 ? Math.min(this.#text.length - this.#p, 20_000) : end - this.#p
    if (end < 0) return false
    const code = this.#text.slice(this.#p + 1, end - 1)
    if (this.#context.mdx === 'guessed' && !looksLikeExpression(code)) return false
    const bare = code.replace(/\/\*[\s\S]*?\*\//g, '').trim()
    if (bare === '' || /^(?:\/\/[^\n]*)$/.test(bare)) {
      this.#note('comment', 'dropped')
      this.#advance(end)
      return true
    }
    const string = wholeString(bare)
    if (string !== null) {
      this.#note('mdx:expression', 'flattened')
      this.#put(
        this.#isCell()
          ? string.replace(/[\n|]/g, ' ')
          : string.replace(/[*_[\]<`\\]/g, '\\$&').replace(/\n/g, ' '),
      )
      this.#advance(end)
      return true
    }
    if (/^-?\d[\d.]*$/.test(bare)) {
      this.#put(bare)
      this.#advance(end)
      return true
    }
    const from = code.search(/<(?:[A-Za-z]|>)/)
    const to = code.lastIndexOf('>')
    if (from >= 0 && to > from) {
      this.#note('mdx:expression', 'flattened', 'the elements in it')
      const inner = code.slice(from, to + 1).replace(/\{\/\*[\s\S]*?\*\/\}/g, '')
      this.#nested(inner)
    } else {
      const strings = stringsOf(code).filter((text) => /\p{L}\s+\p{L}/u.test(text))
      if (strings.length > 0) this.#put(strings.join(' ').replace(/[*_[\]<`\\]/g, '\\$&'))
      this.#note('mdx:expression', strings.length > 0 ? 'flattened' : 'not-understood', bare.slice(0, 100))
    }
    this.#advance(end)
    return true
  }

  // --- Hugo

  /** What a shortcode prints in place; null for one that is not known to print. */
  #shortcodeValue({name, named, positional}: Shortcode): string | null {
    const {params} = this.#context.site
    switch (name) {
      case 'param':
        return params[positional[0] ?? ''] ?? ''
      case 'skew':
        return (
          params[positional[0] ?? ''] ??
          (positional[0] === 'currentVersion' ? (params['version'] ?? '').replace(/^v/, '') : '')
        )
      case 'latest-version':
      case 'latest-semver':
      case 'release-branch':
        return params[name] ?? ''
      case 'ref':
      case 'relref':
        return positional[0] ?? named['path'] ?? ''
      case 'heading':
        return (
          headingStrings[(positional[0] ?? '').toLowerCase()] ?? (positional[0] ?? '').replace(/[-_]/g, ' ')
        )
      case 'glossary_tooltip':
      case 'glossary-term':
        return named['text'] ?? positional.join(' ') ?? (named['term_id'] ?? '').replace(/-/g, ' ')
      default:
        return null
    }
  }

  #destination(target: string): string {
    let out = ''
    let p = 0
    for (let at = target.indexOf('{{'); at >= 0; at = target.indexOf('{{', p)) {
      const found = shortcodeAt(target, at)
      if (!found) break
      out += target.slice(p, at) + ('escaped' in found ? found.escaped : (this.#shortcodeValue(found) ?? ''))
      p = found.end
    }
    return out + target.slice(p)
  }

  #shortcode(call: Shortcode): void {
    const {name, named, positional} = call
    const key = name.toLowerCase().split('/').at(-1)!
    const construct = `shortcode:${name}`
    const value = call.kind === 'close' ? null : this.#shortcodeValue(call)
    if (value !== null) {
      let shown = value
      if ((name === 'glossary_tooltip' || name === 'glossary-term') && shown === '')
        shown = (named['term_id'] ?? '').replace(/-/g, ' ')
      this.#note(
        construct,
        shown === '' ? 'not-understood' : 'flattened',
        shown === '' ? 'its value is not in the page' : undefined,
      )
      this.#put(shown.replace(/[<[\]]/g, '\\$&'))
      this.#advance(call.end)
      return
    }
    if (call.kind === 'close') {
      this.#advance(call.end)
      const n = this.#stack.findLastIndex(
        (container) => container.kind === 'shortcode' && container.name === name,
      )
      if (n >= 0) {
        if (this.#hasContent) this.#endLine()
        this.#close(n, true)
        this.#current = ''
        this.#hasContent = false
        this.#prefix = /^[ \t]*/.exec(this.#prefix)![0]
        this.#current = this.#prefix
        this.#blank()
        this.#skipSpace()
      }
      return
    }
    const close = call.kind === 'self-closing' ? null : this.#closingShortcode(name, call.end)
    const inner = close ? this.#text.slice(call.end, close.start) : null
    const after = close ? close.end : call.end
    const indent = columnsOf(/^[ \t]*/.exec(this.#prefix)![0])

    if (key === 'comment' || silentShortcodes.has(name) || silentShortcodes.has(key)) {
      this.#note(construct, 'dropped')
      this.#advance(key === 'comment' ? after : call.end)
      return
    }
    if (
      inner !== null &&
      /^(?:mermaid|highlight|code-toggle|code|codeblock|code-block|plantuml|math|katex|chart|latex)$/.test(
        key,
      ) &&
      !inner.includes('```')
    ) {
      this.#note(construct, 'flattened')
      const language =
        key === 'mermaid' || key === 'math' || key === 'katex'
          ? key
          : (positional[0] ?? named['lang'] ?? named['file'] ?? (key === 'code-toggle' ? 'yaml' : ''))
      const title = named['title'] ?? (key === 'code' ? (named['file'] ?? null) : null)
      if (this.#isOneLine() || !inner.includes('\n')) {
        this.#put(codeSpanOf(inner.trim().replace(/\s+/g, ' '), this.#isCell()))
        this.#advance(after)
        return
      }
      this.#break()
      const lead = this.#current
      this.#current = ''
      this.#codeBlock(
        lead,
        '```',
        plainInfo(/[./]/.test(language) ? language.split('.').at(-1)! : language, title),
        inner.replace(/^\n/, '').replace(/\s+$/, '').split('\n'),
      )
      this.#current = this.#prefix
      this.#hasContent = false
      this.#advance(after)
      this.#blank()
      return
    }
    this.#advance(call.end)
    switch (key) {
      case 'feature-state': {
        const version = named['for_k8s_version'] ?? ''
        const state = named['state'] ?? positional[0] ?? ''
        this.#note(construct, 'flattened')
        this.#block(
          `**FEATURE STATE:** ${['Kubernetes', version, state && `\\[${state}\\]`].filter(Boolean).join(' ')}`,
        )
        return
      }
      case 'include':
      case 'include-md':
      case 'readfile':
      case 'snippet': {
        const file = positional[0] ?? named['file'] ?? named['path'] ?? ''
        this.#break()
        const stem = file.replace(/^\/+/, '')
        this.#include(/\.\w+$/.test(file) ? file : `${stem}.md`, construct, null, [
          'includes',
          '_includes',
          '_common',
          ...includeFolders,
        ])
        this.#current = this.#prefix
        this.#hasContent = false
        return
      }
      case 'glossary_definition': {
        const id = named['term_id'] ?? ''
        const part = this.#readInclude(`/glossary/${id}.md`, construct, null, [
          'reference',
          'docs/reference',
          'en/docs/reference',
        ])
        if (!part) return
        const text = splitFrontMatter(part.text, part.path).body
        const whole =
          named['length'] === 'all' ? text.replace('<!--more-->', '') : text.split('<!--more-->')[0]!
        const lead = named['prepend'] ? `${named['prepend']} ` : ''
        this.#nested(lead + whole.trim(), part.path)
        return
      }
      case 'code_sample':
      case 'codenew':
      case 'example':
      case 'code-sample':
      case 'codefile': {
        if (inner !== null) break
        const file = named['file'] ?? positional[0] ?? ''
        const part = this.#readInclude(file, construct, null, [
          'examples',
          'en/examples',
          'content/en/examples',
          'static/examples',
        ])
        this.#break()
        if (part) {
          const lead = this.#current
          this.#current = ''
          this.#codeBlock(
            lead,
            '```',
            plainInfo(named['language'] ?? /\.(\w+)$/.exec(file)?.[1] ?? '', file),
            part.text.replace(/\n$/, '').split('\n'),
          )
        } else if (file !== '') this.#put(`\`${file}\``)
        this.#current = part ? this.#prefix : this.#current
        if (part) this.#hasContent = false
        this.#break()
        return
      }
      case 'figure':
      case 'img':
      case 'image':
      case 'imgproc': {
        this.#note(construct, 'flattened')
        const alt = named['alt'] ?? ''
        const source = named['src'] ?? positional[0] ?? ''
        const texts = [named['title'], named['caption'], named['attr']].filter(
          (text): text is string => !!text,
        )
        if (alt !== '')
          this.#put(
            `![${alt.replace(/[[\]\\]/g, '\\$&')}](${source.replace(/[\s()<>]/g, encodeURIComponent)})`,
          )
        for (const text of texts) if (text !== alt) this.#put(` ${this.#inline(text, false)}`)
        return
      }
      case 'link':
      case 'api-reference':
      case 'kat-button':
      case 'button': {
        this.#note(construct, 'flattened')
        const text =
          named['text'] ?? named['title'] ?? (inner === null ? (positional[0] ?? named['page'] ?? '') : '')
        const url = named['url'] ?? named['href'] ?? named['link'] ?? ''
        this.#put(
          url !== '' && text !== ''
            ? `[${text.replace(/[[\]]/g, '\\$&')}](${url.replace(/[\s()<>]/g, encodeURIComponent)})`
            : text,
        )
        return
      }
      case 'new-in':
      case 'deprecated-in': {
        this.#note(construct, 'flattened')
        const verb = key === 'new-in' ? 'New in' : 'Deprecated in'
        this.#put(`(${verb} ${positional[0] ?? ''})`)
        return
      }
      default:
    }
    const isCallout = calloutShortcodes.has(key)
    const label =
      key === 'tab'
        ? (named['name'] ?? named['header'] ?? named['title'] ?? named['tabName'] ?? positional[0] ?? null)
        : (named['title'] ??
          named['caption'] ??
          named['summary'] ??
          named['header'] ??
          named['heading'] ??
          (isCallout || key === 'details' || key === 'step' || key === 'expand'
            ? positional
                .filter(
                  (text) => !/^(?:info|warning|tip|note|danger|success|primary|open|false|true)$/.test(text),
                )
                .join(' ') || null
            : null))
    const known =
      isCallout ||
      /^(?:tabs?|tabpane|table|details|expand|steps?|cards?|columns?|column|section|blocks|rawhtml|div|md|markdown|hint|capture|steps)$/.test(
        key,
      )
    const title =
      label ??
      (isCallout
        ? calloutNames[key] || calloutNames[named['color'] ?? named['type'] ?? positional[0] ?? ''] || ''
        : '')
    const others = ['text', 'subtitle', 'description', 'alt']
      .map((wanted) => named[wanted])
      .filter((text): text is string => !!text && text !== label)
    const isWhole = inner !== null && (inner.includes('\n') || !this.#hasContent)
    if (inner === null && label === null && others.length === 0 && !known) {
      this.#note(construct, 'not-understood')
      return
    }
    this.#note(construct, 'flattened')
    if (inner !== null && !isWhole) {
      if (title) this.#put(`${title}: `)
      return
    }
    this.#break()
    if (inner !== null) this.#open({kind: 'shortcode', name, indent, size: 0, strip: 0, quote: isCallout})
    if (title) {
      const text = this.#inline(title, false)
      this.#put(/[*\\]/.test(text) ? text : `**${text}**`)
      this.#break()
    }
    for (const text of others) {
      this.#put(this.#inline(text, false))
      this.#break()
    }
    if (named['include'] && inner === null) {
      this.#include(named['include'], construct, null, ['includes'])
      this.#current = this.#prefix
    }
    this.#skipSpace()
  }

  // --- links and names

  /** `](destination)`: kept as it is but for macros in it; attribute lists behind it go. */
  #linkEnd(): boolean {
    if (this.#raw || this.#text[this.#p + 1] !== '(') return false
    const limit = Math.min(this.#lineEnd(), this.#p + 4000)
    let depth = 0
    let end = -1
    for (let p = this.#p + 1; p < limit; p++) {
      const char = this.#text[p]
      if (char === '\\') p++
      else if (char === '(') depth++
      else if (char === ')' && --depth === 0) {
        end = p
        break
      }
    }
    if (end < 0) {
      // A picture written into the page may be longer than any limit.
      const data = this.#text.startsWith('](data:', this.#p) ? this.#text.indexOf(')', this.#p) : -1
      if (data < 0 || data > this.#lineEnd()) return false
      this.#put(']()')
      this.#advance(data + 1)
      return true
    }
    const inside = this.#text.slice(this.#p + 2, end)
    const target = inside.includes('{{') ? this.#destination(inside) : inside
    this.#put(target.startsWith('data:') ? ']()' : `](${target})`)
    this.#advance(end + 1)
    return true
  }

  #bracket(): boolean {
    const p = this.#p
    if (this.#text.startsWith('[!', p)) {
      const include = /^\[!INCLUDE[ \t]*\[([^\]]*)\]\(([^)\n]+)\)\]/i.exec(this.#text.slice(p, p + 1000))
      if (include) {
        this.#advance(p + include[0].length)
        const part = this.#readInclude(include[2]!.trim(), 'include')
        if (part) this.#put(this.#inline(splitFrontMatter(part.text, part.path).body, false))
        return true
      }
    }
    return false
  }

  /** Icons and directives inside a line. */
  #colon(): boolean {
    const ahead = this.#text.slice(this.#p, this.#p + 400)
    const icon = /^:(?:material|octicons|fontawesome|simple|twemoji)-[\w-]+:(?:\{[^{}\n]*\})?/.exec(ahead)
    if (icon) {
      this.#note('icon', 'dropped')
      this.#p += icon[0].length
      return true
    }
    const directive = /^::?([a-z][\w-]*)\[([^\]\n]*)\](\{[^{}\n]*\})?(?!\()/i.exec(ahead)
    if (directive && !/\w/.test(this.#current.at(-1) ?? '')) {
      this.#note(`directive:${directive[1]}`, 'flattened')
      this.#put(this.#inline(directive[2]!, false))
      this.#p += directive[0].length
      return true
    }
    return false
  }
}

const plainRun = /[^\\`<{[\]:\n]+/y
const blankLine = /\n[ \t>]*\n/g
/** CommonMark's HTML blocks of the sixth kind: Markdown rests until a blank line. */
const rawStart =
  /^<\/?(?:address|article|aside|blockquote|body|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|\/?>|$)/i

const codeDirectives = new Set(
  'code-block code code-cell sourcecode parsed-literal prompt doctest testcode literalinclude eval-rst math mermaid graphviz digraph uml'.split(
    ' ',
  ),
)
const hiddenDirectives = new Set(
  'toctree contents tableofcontents currentmodule module index only-if meta raw bibliography autosummary automodule autoclass autofunction automethod autodata autoattribute highlight tags only video youtube iframe'.split(
    ' ',
  ),
)
const layoutDirectives =
  /^(?:code-group|code-tabs|tabs|tab-set|tabset|steps|cards?|grid|row|columns?|div|container|section|v-pre|raw|details|tab|tab-item|figure|card-grid|cardgrid|spoiler|demo|group)$/
const includeFolders: readonly string[] = [
  'includes',
  '_includes',
  'partials',
  '_partials',
  'snippets',
  '_snippets',
]

function escapedName(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function columnsOf(space: string): number {
  let columns = 0
  for (const char of space) columns += char === '\t' ? 4 - (columns % 4) : 1
  return columns
}

function capital(text: string): string {
  return text === '' ? '' : text.charAt(0).toUpperCase() + text.slice(1).replace(/[-_]/g, ' ')
}

function isTabName(name: string): boolean {
  return /(?:^|\.)Tab(?:Item|Panel|s?Content)?$/.test(name)
}

function calloutTitle(tag: Tag): string {
  const type = attributeOf(tag, 'type') ?? attributeOf(tag, 'variant') ?? attributeOf(tag, 'intent') ?? ''
  return calloutNames[type.toLowerCase()] ?? capital(type)
}

function attributeOf(tag: Tag, name: string): string | null {
  const found = tag.attributes.find((attribute) => attribute.name.toLowerCase() === name)
  if (!found || found.value === null) return null
  return found.isCode ? wholeString(found.value) : found.value
}

function codeSpanOf(code: string, isCell: boolean): string {
  if (code === '') return ''
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  const pad = code.startsWith('`') || code.endsWith('`') ? ' ' : ''
  void isCell
  return `${mark}${pad}${code}${pad}${mark}`
}

/** The explicit id at a heading's end, in any notation, and the text without it. */
function headingId(text: string): {readonly text: string; readonly id: string} | null {
  const match =
    /^(.*?)[ \t]*\\?\{[ \t]*:?[ \t]*#([^\s{}]+)(?:[ \t][^{}]*)?\}[ \t]*#*[ \t]*$/.exec(text) ??
    /^(.*?)[ \t]*\{\/\*[ \t]*#?([^\s*{}]+)[ \t]*\*\/\}[ \t]*$/.exec(text) ??
    /^(.*?)[ \t]+\[#([\w.:-]+)\][ \t]*$/.exec(text) ??
    /^(.*?)[ \t]*<!--[ \t]*#([\w.:-]+)[ \t]*-->[ \t]*$/.exec(text) ??
    /^(.*?)[ \t]*\{:?[ \t]*[^{}#]*[ \t]#([^\s{}]+)(?:[ \t][^{}]*)?\}[ \t]*$/.exec(text)
  return match ? {text: match[1]!, id: match[2]!} : null
}

/** `file.rs:2:10`, `file.rs:anchor`, `file.md#region` → the file and the part of it. */
function selectorOf(spec: string): [string, string | null] {
  const match = /^([^:#]+\.\w+)[:#](.+)$/.exec(spec)
  return match ? [match[1]!, match[2]!] : [spec, null]
}

function selectorPair(spec: string): [string, string] {
  return [selectorOf(spec)[0], 'snippet']
}

/** Option lines at the head of a directive: `:key: value`, or YAML between rules. */
function directiveOptions(lines: readonly string[]): {
  readonly lines: number
  readonly values: Readonly<Record<string, string>>
} {
  const values: Record<string, string> = {}
  let n = 0
  if (lines[0] === '---') {
    const end = lines.indexOf('---', 1)
    if (end > 0) {
      for (const line of lines.slice(1, end)) {
        const pair = /^([\w-]+):\s*(.*)$/.exec(line)
        if (pair) values[pair[1]!] = pair[2]!.replace(/^(["'])(.*)\1$/, '$2')
      }
      return {lines: end + 1, values}
    }
  }
  while (n < lines.length) {
    const pair = /^:([\w-]+):(?:\s+(.*))?$/.exec(lines[n]!)
    if (!pair) break
    values[pair[1]!] = pair[2] ?? ''
    n++
  }
  return {lines: n, values}
}

/** Brackets outside strings and comments, counted without regard to their kinds. */
function bracketsBalance(code: string): boolean {
  let depth = 0
  const bare = code.replace(
    /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    '',
  )
  for (const char of bare) {
    if (char === '{' || char === '(' || char === '[') depth++
    else if (char === '}' || char === ')' || char === ']') depth--
  }
  return depth <= 0
}

/** Where only the text suggests MDX, braces are code when they could hardly be prose. */
function looksLikeExpression(code: string): boolean {
  const bare = code.trim()
  return (
    bare === '' ||
    /^\/[*/]/.test(bare) ||
    wholeString(bare) !== null ||
    /^(?:props|frontmatter|import\.meta|Astro)\b[\w.[\]'"()?]*$/.test(bare) ||
    /<[A-Za-z>]/.test(bare)
  )
}
