/**
 * A source's Markdown as things that can be quoted whole: sentences, list items, table rows, code.
 *
 * What comes out is clean: links keep their text, and their address only where it is absolute; of an image among words
 * its alternative text stays, since a cell or a step may say nothing without; raw HTML and footnote marks are gone;
 * fences are closed. So any choice of units, put together by block, is well-formed. The visible words of a unit stand
 * in those of its section as they are, one after the other: what is quoted can be looked up.
 */
import {decodeNamedCharacterReference} from 'decode-named-character-reference'
import {type MarkedToken, marked, type Token, type Tokens} from 'marked'
import type {RetrievedSource} from '../domain/index.ts'
import {literal} from './literal-markdown.ts'

export interface Unit {
  /** `steps` is a whole ordered list. */
  readonly kind: 'sentence' | 'item' | 'steps' | 'row' | 'code'
  /** Clean Markdown. A row is its line of the table; an item has its bullet. */
  readonly markdown: string
  /** The visible words. */
  readonly plain: string
  /** True for a sentence that announces what follows: it ends in a colon. */
  readonly leadsOn: boolean
}

export interface Block {
  readonly kind: 'paragraph' | 'list' | 'steps' | 'table' | 'code'
  readonly units: readonly Unit[]
  /** A table's header and delimiter lines; empty for all other kinds. */
  readonly head: string
  /** The visible words of the header. */
  readonly headPlain: string
  /** The heading inside the source that it stands under; empty for what stands under the source's own. */
  readonly under: string
  /** A list that is mostly links: it says where to read, and answers nothing itself. */
  readonly isNavigation: boolean
}

const known = new WeakMap<RetrievedSource, readonly Block[]>()

/** The blocks of a source, worked out once for each source object. */
export function blocksOf(source: RetrievedSource): readonly Block[] {
  const before = known.get(source)
  if (before) return before
  const blocks = quotableBlocks(source.markdown)
  known.set(source, blocks)
  return blocks
}

/** The blocks of a piece of Markdown, in order. Takes time in proportion to the text's length on ordinary pages. */
export function quotableBlocks(markdown: string): Block[] {
  let under = ''
  const blocksIn = (tokens: readonly Token[]): Block[] =>
    tokens.flatMap((token) => {
      if (token.type === 'heading') {
        under = headingWords(token as Tokens.Heading)
        return []
      }
      if (token.type === 'blockquote') {
        const outside = under
        const blocks = blocksIn((token as Tokens.Blockquote).tokens)
        under = outside
        return blocks
      }
      const blocks = blocksOfToken(token)
      return under === '' ? blocks : blocks.map((block) => ({...block, under}))
    })
  return blocksIn(marked.lexer(markdown, {gfm: true}))
}

function headingWords(heading: Tokens.Heading): string {
  return plainOf(inlinePieces(tokensIn(heading))).replace(/\s+/g, ' ')
}

function blocksOfToken(generic: Token): Block[] {
  const token = generic as MarkedToken
  switch (token.type) {
    case 'paragraph':
    case 'text': {
      const tokens = tokensIn(token)
      const units = isOnlyImages(tokens) ? [] : sentencesOf(inlinePieces(tokens))
      return units.length === 0 ? [] : [blockOf('paragraph', units)]
    }
    case 'heading':
      // Inside an item, where it is a name that stands over some lines.
      return [blockOf('paragraph', labelled(sentencesOf(inlinePieces(tokensIn(token)))))]
    case 'blockquote':
      return token.tokens.flatMap(blocksOfToken)
    case 'code': {
      const plain = token.text.replace(/\s+$/, '')
      if (plain.trim() === '') return []
      const unit: Unit = {kind: 'code', markdown: fenced(plain, token.lang ?? ''), plain, leadsOn: false}
      return [blockOf('code', [unit])]
    }
    case 'list':
      return listBlocks(token)
    case 'table':
      return tableBlocks(token)
    default:
      return []
  }
}

/** The words of a heading, bold. */
function labelled(units: readonly Unit[]): Unit[] {
  return units.map((unit) => ({...unit, markdown: `**${literal(unit.plain)}**`}))
}

function blockOf(kind: Block['kind'], units: readonly Unit[], more: Partial<Block> = {}): Block {
  return {kind, units, head: '', headPlain: '', under: '', isNavigation: false, ...more}
}

/** Of a list's visible words, the share from which on they are signposts. */
const navigationShare = 0.45

function listBlocks(list: Tokens.List): Block[] {
  const items = list.items
    .map((item, index) => {
      const bullet = list.ordered ? `${Number(list.start || 1) + index}. ` : '- '
      const {markdown, plain, linked} = cleanItem(item)
      return {markdown: bullet + indented(markdown, bullet.length), plain, linked}
    })
    .filter(({plain}) => plain.trim() !== '')
  if (items.length === 0) return []
  const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)
  const isNavigation =
    sumOf(items.map(({linked}) => linked)) >= navigationShare * sumOf(items.map(({plain}) => plain.length))
  if (list.ordered) {
    const unit: Unit = {
      kind: 'steps',
      markdown: items.map(({markdown}) => markdown).join('\n'),
      plain: items.map(({plain}) => plain).join('\n'),
      leadsOn: false,
    }
    return [blockOf('steps', [unit], {isNavigation})]
  }
  const units = items.map(({markdown, plain}): Unit => ({kind: 'item', markdown, plain, leadsOn: false}))
  return [blockOf('list', units, {isNavigation})]
}

interface CleanItem {
  readonly markdown: string
  readonly plain: string
  /** Visible characters that are links. */
  readonly linked: number
}

function cleanItem(item: Tokens.ListItem): CleanItem {
  const markdown: string[] = []
  const plain: string[] = []
  let linked = 0
  // What is wrapped in bullets of its own, as `- - text`, would come out behind empty ones.
  const [only, ...others] = item.tokens as MarkedToken[]
  if (only?.type === 'list' && only.items.length === 1 && others.length === 0)
    return cleanItem(only.items[0]!)
  for (const generic of item.tokens) {
    const token = generic as MarkedToken
    if (token.type === 'text' || token.type === 'paragraph') {
      const inline = tokensIn(token)
      if (isOnlyImages(inline)) continue
      const pieces = inlinePieces(inline)
      markdown.push(
        pieces
          .map((piece) => piece.markdown)
          .join('')
          .trim(),
      )
      plain.push(plainOf(pieces))
      linked += linkedIn(inline)
      continue
    }
    const title = token.type === 'code' ? titleOf(token) : null
    if (title !== null) {
      markdown.push(`\n${literal(title)}`)
      plain.push(title)
    }
    for (const block of blocksOfToken(token)) {
      const text = block.units.map((unit) => unit.markdown)
      // A fence or a table needs an empty line before it to be sure of starting one; a nested list does not.
      const loose = block.kind === 'code' || block.kind === 'table' || block.kind === 'paragraph'
      markdown.push((loose ? '\n' : '') + [block.head, ...text].filter(Boolean).join('\n'))
      plain.push([block.headPlain, ...block.units.map((unit) => unit.plain)].filter(Boolean).join('\n'))
    }
  }
  // Behind its bullet only a fence needs a line of its own: words would leave the bullet alone.
  const whole = markdown
    .filter(Boolean)
    .join('\n')
    .replace(/^\n(?!`{3})/, '')
  return {markdown: whole, plain: plain.filter(Boolean).join('\n'), linked}
}

/** The file name in the info string of a fence, as `title="app.ts"`. */
function titleOf({lang}: Tokens.Code): string | null {
  const match = /\stitle=(?:"((?:[^"\\]|\\.)*)"|'([^']*)')/.exec(lang ?? '')
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2] ?? null
}

function plainOf(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => piece.plain)
    .join('')
    .trim()
}

/** Visible characters inside links. */
function linkedIn(tokens: readonly Token[]): number {
  return tokens.reduce((sum, generic) => {
    const token = generic as MarkedToken
    if (token.type === 'link') return sum + plainOf(inlinePieces(token.tokens)).length
    return 'tokens' in token && token.tokens ? sum + linkedIn(token.tokens) : sum
  }, 0)
}

function tableBlocks(table: Tokens.Table): Block[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const cellOf = (cell: Tokens.TableCell): {markdown: string; plain: string} => {
    const pieces = inlinePieces(cell.tokens)
    const markdown = pieces
      .map((piece) => piece.markdown)
      .join('')
      .replace(/\s+/g, ' ')
      .replace(/(?<!\\)\|/g, '\\|')
      .trim()
    return {markdown, plain: pieces.map((piece) => piece.plain).join('')}
  }
  const header = table.header.map(cellOf)
  const delimiter = table.align.map((align) =>
    align === 'center' ? ':-:' : align === 'right' ? '--:' : '---',
  )
  const rows = table.rows.map((row): Unit => {
    const cells = row.map(cellOf)
    return {
      kind: 'row',
      markdown: line(cells.map((cell) => cell.markdown)),
      plain: cells.map((cell) => cell.plain).join(' '),
      leadsOn: false,
    }
  })
  if (rows.length === 0) return []
  return [
    blockOf('table', rows, {
      head: `${line(header.map((cell) => cell.markdown))}\n${line(delimiter)}`,
      headPlain: header.map((cell) => cell.plain).join(' '),
    }),
  ]
}

/** A fence longer than any run of backticks inside. */
export function fenced(text: string, info: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const language = /^[\w+#.-]+/.exec(info)?.[0] ?? ''
  return `${fence}${language}\n${text}\n${fence}`
}

function indented(text: string, by: number): string {
  return text.replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(by)}`)
}

function tokensIn(token: {readonly tokens?: Token[]; readonly raw: string}): Token[] {
  return token.tokens ?? marked.Lexer.lexInline(token.raw)
}

/** Pictures and badges with no word beside them: what they are called is no sentence. */
function isOnlyImages(tokens: readonly Token[]): boolean {
  return tokens.every((generic) => {
    const token = generic as MarkedToken
    if (token.type === 'image' || token.type === 'br') return true
    if (token.type === 'link') return token.tokens.length > 0 && isOnlyImages(token.tokens)
    return !/[\p{L}\p{N}]/u.test(token.raw)
  })
}

/** A run of inline Markdown that is kept whole or, when `open`, may be cut between sentences. */
interface Piece {
  readonly markdown: string
  readonly plain: string
  /** `text` may be cut; `opens` and `closes` are the delimiters of emphasis and links; `whole` is never cut. */
  readonly role: 'text' | 'whole' | 'opens' | 'closes'
}

function inlinePieces(tokens: readonly Token[]): Piece[] {
  return tokens.flatMap((generic): Piece[] => {
    const token = generic as MarkedToken
    const around = (before: string, after: string, inner: readonly Token[]): Piece[] => {
      const pieces = inlinePieces(inner)
      if (pieces.every(({plain}) => plain.trim() === '')) return pieces
      return [
        {markdown: before, plain: '', role: 'opens'},
        ...pieces,
        {markdown: after, plain: '', role: 'closes'},
      ]
    }
    switch (token.type) {
      case 'text':
        return token.tokens ? inlinePieces(token.tokens) : [textPiece(token.raw)]
      case 'escape':
        return [{markdown: token.raw, plain: token.text, role: 'whole'}]
      case 'codespan':
        return [{markdown: token.raw.replaceAll('\n', ' '), plain: token.text, role: 'whole'}]
      case 'strong':
        return around('**', '**', token.tokens)
      case 'em':
        return around('*', '*', token.tokens)
      case 'del':
        return around('~~', '~~', token.tokens)
      case 'link':
        // A bare address stays as it stands; a relative one leads nowhere from an answer.
        if (token.raw === token.href) return [{markdown: token.raw, plain: token.text, role: 'whole'}]
        if (/^https?:\/\//i.test(token.href)) {
          return around(
            '[',
            `](${token.href.replace(/[()\s]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)})`,
            token.tokens,
          )
        }
        return inlinePieces(token.tokens)
      case 'image': {
        const words = decoded(token.text.replace(/\s+/g, ' ').trim())
        return words === '' ? [] : [{markdown: literal(words), plain: words, role: 'whole'}]
      }
      case 'br':
        return [{markdown: ' ', plain: ' ', role: 'text'}]
      default:
        return []
    }
  })
}

/**
 * Footnote marks say nothing away from their page. Signs that mean nothing where they stand, but could begin
 * something together with what is put behind them, are escaped.
 */
function textPiece(raw: string): Piece {
  const clean = raw.replace(/\[\^[^\]\s]+\]/g, '').replace(/\s+/g, ' ')
  const markdown = clean.replace(/`|<(?=[a-z/!?])|(?<=!)\[|\](?=[([])|\\$/gi, '\\$&')
  return {markdown, plain: decoded(clean), role: 'text'}
}

const segmenter = new Intl.Segmenter('en', {granularity: 'sentence'})

/** Ends of words after which a full stop ends no sentence. */
const abbreviation = /(?:^|[\s("'])(?:e\.g|i\.e|etc|vs|cf|approx|fig|no|al|mr|mrs|ms|dr|st|ver|v)\.\s*$/i

function sentencesOf(pieces: readonly Piece[]): Unit[] {
  // The mask has one character for each of the Markdown's, with nothing in it that could look like a sentence's
  // end inside code or an address.
  let mask = ''
  let depth = 0
  const depths: number[] = []
  for (const {markdown, role} of pieces) {
    if (role === 'opens') depth += 1
    if (role === 'closes') depth -= 1
    const letter = role === 'opens' ? '(' : role === 'closes' ? ')' : 'X'
    mask += role === 'text' ? markdown : letter.repeat(markdown.length)
    for (let i = 0; i < markdown.length; i++) depths.push(depth)
  }

  const units: Unit[] = []
  let start = 0
  // The piece that `start` stands in, and where that piece begins: each sentence goes on where the last one ended.
  let first = 0
  let firstAt = 0
  for (const {index, segment} of segmenter.segment(mask)) {
    const end = index + segment.length
    const isLast = end >= mask.length
    const insideSpan = !isLast && (depths[end - 1] ?? 0) > 0 && (depths[end] ?? 0) > 0
    if (!isLast && (insideSpan || abbreviation.test(mask.slice(Math.max(start, end - 16), end)))) continue

    let markdown = ''
    let plain = ''
    while (first < pieces.length) {
      const piece = pieces[first] as Piece
      const from = Math.max(start - firstAt, 0)
      const to = Math.min(end - firstAt, piece.markdown.length)
      const part = piece.markdown.slice(from, to)
      markdown += part
      if (part !== '')
        plain += piece.role === 'text' ? decoded(part).replace(/\\([`<[\]\\])/g, '$1') : piece.plain
      if (firstAt + piece.markdown.length > end) break
      firstAt += piece.markdown.length
      first += 1
    }
    const unit = sentenceOf(markdown.trim(), plain.trim())
    if (unit) units.push(unit)
    start = end
  }
  return units
}

function sentenceOf(markdown: string, plain: string): Unit | null {
  if (!/[\p{L}\p{N}]/u.test(plain)) return null
  return {kind: 'sentence', markdown: guarded(markdown), plain, leadsOn: /[:：]\)*$/.test(plain)}
}

/** Character references as the characters they stand for; spaces that do not break become plain ones. */
function decoded(text: string): string {
  if (!text.includes('&')) return text
  return text
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z][a-z\d]*));/gi, (reference, decimal, hex, name) => {
      if (name !== undefined) return decodeNamedCharacterReference(name) || reference
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : reference
    })
    .replaceAll('\u00a0', ' ')
}

/** A sentence that would start a list, heading or quote when it stands first on a line is escaped. */
export function guarded(sentence: string): string {
  return sentence.replace(/^(?=[#>+-](?:\s|$)|#{2,6}\s)/, '\\').replace(/^(\d+)(?=[.)]\s)/, '$1\\')
}
