import matter from 'gray-matter'
import {parse as parseToml} from 'smol-toml'
import type {Diagnostic} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import {wellFormed} from '../lib/well-formed.ts'
import {countWords} from '../text/words.ts'

/** The front matter of a page, validated. Absent keys are null. */
export interface FrontMatter {
  readonly title: string | null
  readonly sidebarLabel: string | null
  readonly description: string | null
  readonly url: string | null
  readonly slug: string | null
  readonly permalink: string | null
  readonly version: string | null
  readonly lang: string | null
  readonly tags: readonly string[]
  readonly draft: boolean
  readonly noindex: boolean
  /** All keys, as they were parsed: what only some generators know. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface SplitSource {
  readonly frontMatter: FrontMatter
  /** One-based source line where the body begins. */
  readonly bodyLine: number
  readonly body: string
  /** Number of words on lines of the front matter that are not data. */
  readonly lostWords: number
  readonly diagnostics: readonly Diagnostic[]
}

/** Maximum length of front matter; anything longer counts as never closed. */
export const maxFrontMatterLines = 2000
const maxFrontMatterLength = 256 * 1024
const maxValueLength = 2000

/**
 * Separates a page's front matter from its body: YAML between `---`, TOML between `+++`, JSON between `;;;` or braces.
 * Code (`---js`) is never run. Front matter that does not parse becomes a diagnostic with its line; its plain
 * `key: value` lines are still used, and the body is complete.
 */
export function splitFrontMatter(text: string, path: string): SplitSource {
  const block = blockOf(text)
  const whole = {frontMatter: noFrontMatter, bodyLine: 1, body: text, lostWords: 0}
  if (!block) return {...whole, diagnostics: []}

  const diagnostics: Diagnostic[] = []
  const report = (
    line: number,
    rule: string,
    reason: string,
    hint: string,
    severity: Diagnostic['severity'] = 'warning',
  ): void => {
    diagnostics.push({path, line, column: null, rule, severity, reason, hint})
  }
  if (isText(block)) return {...whole, diagnostics: []}
  const bodyLine = block.firstLine + lineCountOf(block.whole)
  const body = text.slice(block.end)
  if (!block.closed) {
    report(
      block.firstLine,
      'front-matter-unclosed',
      'the front matter is never closed',
      'Add a line with the closing marker.',
    )
  }
  let data: unknown = null
  let isData = true
  try {
    data = parseData(block.language, block.raw)
  } catch (error) {
    const {line, reason} = placeOf(error)
    data = plainLinesOf(block.raw)
    isData = false
    report(
      block.firstLine + 1 + line,
      'front-matter-invalid',
      `the front matter cannot be read: ${reason}`,
      'Only its plain "key: value" lines are used.',
      isPlainLines(block) ? 'info' : 'warning',
    )
  }
  if (data !== null && data !== undefined && data !== '' && !isRecord(data)) {
    report(
      block.firstLine,
      'front-matter-invalid',
      'the front matter is not a list of keys and values',
      'It is ignored.',
    )
    data = null
    isData = false
  }
  const stray = isData ? [] : strayLinesOf(block)
  for (const {line, words} of stray.slice(0, maxReportedLines)) {
    const reason = `${words} words on this line are in the front matter but are not data`
    report(line, 'lost-text', reason, 'Close the front matter above it.')
  }
  return {
    frontMatter: normalised(withBracketedTitle(isRecord(data) ? data : {}, block)),
    bodyLine,
    body,
    lostWords: stray.reduce((sum, {words}) => sum + words, 0),
    diagnostics,
  }
}

/** Text between two thematic breaks has words and no key. */
function isText({language, raw}: Block): boolean {
  return /^(?:yaml|toml)$/.test(language) && /^[^#\n]*[\p{L}\p{N}]/mu.test(raw) && !keyLine.test(raw)
}

const keyLine =
  /^[ \t]*(?:- )?(?:\{[ \t]*)?(?:[\p{L}\p{N}_][\p{L}\p{N}_. -]*|"[^"\n]*"|'[^'\n]*')(?::(?:[ \t]|$)|=)/mu

/** Maximum number of lines that are reported; the words of all are counted. */
const maxReportedLines = 20

/** A line with fewer words may be a typo in data. */
const minStrayWords = 4

/** Lines of front matter that are text, not data. */
function strayLinesOf({language, raw, firstLine}: Block): {readonly line: number; readonly words: number}[] {
  const data = language === 'json' ? jsonLine : /^(?:yaml|toml)$/.test(language) ? dataLine : null
  if (data === null) return []
  return raw
    .split('\n')
    .map((text, n) => ({line: firstLine + 1 + n, words: data.test(text) ? 0 : countWords(text)}))
    .filter(({words}) => words >= minStrayWords)
}

/** A key, a list item, a comment, anything indented, or an opening or closing bracket. */
const dataLine = /^(?:[ \t#[\]{}"']|- |[\w.-]+[ \t]*[:=]|[\w. -]+:(?:[ \t]|$))/

const jsonLine = /^[ \t]*(?:["{}[\],]|-?\d|(?:true|false|null)\b|$)/

export const noFrontMatter: FrontMatter = {
  title: null,
  sidebarLabel: null,
  description: null,
  url: null,
  slug: null,
  permalink: null,
  version: null,
  lang: null,
  tags: [],
  draft: false,
  noindex: false,
  data: {},
}

interface Block {
  readonly language: string
  readonly raw: string
  /** The whole text before the body. */
  readonly whole: string
  readonly end: number
  /** One-based line of the opening marker. */
  readonly firstLine: number
  readonly closed: boolean
}

function blockOf(text: string): Block | null {
  // Some sites allow blank lines before it. A thematic break is never the first line before a key.
  const lead = /^(?:[ \t]*\n)*/.exec(text)![0]
  const firstLine = lineCountOf(lead) + 1
  const rest = text.slice(lead.length, lead.length + maxFrontMatterLength)
  const open = /^(---|\+\+\+|;;;)[ \t]*([a-zA-Z]*)[ \t]*\n/.exec(rest)
  if (!open) return lead === '' ? jsonBlockOf(text) : null

  const [opening, marker, named] = open
  if (lead !== '' && !/^[\w-]+[ \t]*[:=]|^(?:---|\+\+\+|;;;)/.test(rest.slice(opening.length))) return null
  const language = (named || {'---': 'yaml', '+++': 'toml', ';;;': 'json'}[marker as '---']).toLowerCase()
  const inside = rest.slice(opening.length)
  const escaped = marker!.replace(/\+/g, '\\+')
  const close = new RegExp(
    `^(?:${escaped}${marker === '---' ? '|\\.\\.\\.' : ''})[ \\t]*(?:\\n|$)`,
    'm',
  ).exec(inside)
  const lines = close ? lineCountOf(inside.slice(0, close.index)) : Number.POSITIVE_INFINITY
  if (close && lines <= maxFrontMatterLines) {
    const end = lead.length + opening.length + close.index + close[0].length
    return {
      language,
      raw: inside.slice(0, close.index),
      whole: text.slice(lead.length, end),
      end,
      firstLine,
      closed: true,
    }
  }
  // Never closed: it contains only the lines that cannot be anything else.
  const keys = /^(?:[\w-]+[ \t]*[:=](?:[ \t].*)?\n(?:[ \t]+.*\n|- .*\n)*)+/.exec(inside)
  if (!keys) return null
  const end = lead.length + opening.length + keys[0].length
  return {language, raw: keys[0], whole: text.slice(lead.length, end), end, firstLine, closed: false}
}

/** Hugo also reads a JSON object at the beginning of a page. */
function jsonBlockOf(text: string): Block | null {
  if (!/^\{[ \t]*\n?[ \t]*"/.test(text)) return null
  const close = /^\}[ \t]*(?:\n|$)/m.exec(text.slice(0, maxFrontMatterLength))
  if (!close) return null
  const end = close.index + close[0].length
  return {
    language: 'json',
    raw: text.slice(0, close.index + 1),
    whole: text.slice(0, end),
    end,
    firstLine: 1,
    closed: true,
  }
}

/**
 * Parses data in YAML, TOML or JSON. @throws Error for data that does not parse, for code in any language, and for data
 * that YAML's aliases multiply beyond measure.
 */
export function parseData(language: string, raw: string): unknown {
  const data = parsedData(language, raw)
  if (sizeOf(data, new Map()) > maxDataSize) throw new Error('its aliases stand for too much data')
  return data
}

/** Values in data, those that an alias repeats each time. A configuration of 512 KB has a tenth of it. */
const maxDataSize = 1_000_000

/** Aliases are one object in several places: counted once, added each time. */
function sizeOf(value: unknown, known: Map<object, number>): number {
  if (typeof value !== 'object' || value === null) return 1
  const found = known.get(value)
  if (found !== undefined) return found
  // An object inside itself has no end.
  known.set(value, Number.POSITIVE_INFINITY)
  const size = Object.values(value).reduce((sum: number, item) => sum + sizeOf(item, known), 1)
  known.set(value, size)
  return size
}

function parsedData(language: string, raw: string): unknown {
  if (raw.trim() === '') return null
  const marker = '---'
  // Options must be given: without them gray-matter hands the same mutable object to every equal input.
  return matter(`${marker}\n${raw}\n${marker}\n`, {
    language,
    delimiters: marker,
    engines: {
      toml: {parse: (text: string) => parseToml(text) as object, stringify: refused},
      js: {parse: refused, stringify: refused},
      javascript: {parse: refused, stringify: refused},
      coffee: {parse: refused, stringify: refused},
      cson: {parse: refused, stringify: refused},
    },
  }).data
}

function refused(): never {
  throw new Error('code in front matter is not run')
}

function placeOf(error: unknown): {line: number; reason: string} {
  const fault = error as {mark?: {line?: number}; line?: number; reason?: string; message?: string}
  const line = fault.mark?.line ?? (fault.line === undefined ? 0 : fault.line - 1)
  const reason = headOf((fault.reason ?? fault.message ?? String(error)).split('\n')[0]!, 200)
  // None of the parsers sees gray-matter's opening marker, so their first line is line 0.
  return {line: Math.max(0, line), reason}
}

/** The plain `key: value` lines of front matter that does not parse. */
function plainLinesOf(raw: string): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const line of raw.split('\n')) {
    const match = /^([A-Za-z_-]+)[ \t]*[:=][ \t]*(\S.*)$/.exec(line)
    if (match && !/^[[{|>&*!]/.test(match[2]!)) {
      const value = match[2]!.trim()
      data[match[1]!] = value === 'true' ? true : value === 'false' ? false : unquoted(value)
    }
  }
  return data
}

/** Whether nothing is lost where only plain lines are used: some generators read front matter as such lines. */
function isPlainLines({language, raw}: Block): boolean {
  if (language !== 'yaml') return false
  return raw.split('\n').every((line) => line.trim() === '' || plainLine.test(line))
}

/** A key with a value that begins no list or mapping but in the title, where brackets are text. */
const plainLine = /^(?:title[ \t]*:[ \t]*\S|[A-Za-z_-]+[ \t]*[:=][ \t]*[^\s[{|>&*!])/

/** A value without its quotation marks, of which the last may be missing. */
function unquoted(value: string): string {
  const [, mark, inside] = /^(["'])([\s\S]*)$/.exec(value) ?? []
  if (mark === undefined) return value
  const text = inside!.endsWith(mark) ? inside!.slice(0, -1) : inside!
  return mark === "'" ? text.replaceAll("''", "'") : text.replace(/\\(["\\])/g, '$1')
}

/**
 * A title that YAML takes for a list or a mapping, or does not take at all, because it begins with a bracket or a brace:
 * `title: {#if …}`, `title: [Draft] Otters`. Null for any other.
 */
function bracketedTitleOf(raw: string): string | null {
  return /^title:[ \t]*([[{].*\S)[ \t]*$/m.exec(raw)?.[1] ?? null
}

function withBracketedTitle(
  data: Readonly<Record<string, unknown>>,
  {language, raw}: Block,
): Readonly<Record<string, unknown>> {
  const title = language === 'yaml' && textOf(data['title']) === null ? bracketedTitleOf(raw) : null
  return title === null ? data : {...data, title}
}

function normalised(data: Readonly<Record<string, unknown>>): FrontMatter {
  const first = (...names: readonly string[]): string | null => {
    for (const name of names) {
      const value = textOf(data[name])
      if (value !== null) return value
    }
    return null
  }
  const robots = textOf(data['robots']) ?? ''
  return {
    title: first('title', 'Title', 'linkTitle', 'linktitle'),
    sidebarLabel: first('sidebar_label', 'sidebarTitle', 'sidebar_title', 'nav_title', 'linkTitle'),
    description: first('description', 'summary', 'excerpt', 'intro', 'subtitle'),
    url: first('url'),
    slug: first('slug'),
    permalink: first('permalink'),
    version: first('version', 'docs_version'),
    lang: first('lang', 'language', 'locale'),
    tags: tagsOf(data['tags'] ?? data['keywords']),
    draft: data['draft'] === true || data['published'] === false || data['draft'] === 'true',
    noindex:
      data['noindex'] === true ||
      data['noIndex'] === true ||
      data['no_index'] === true ||
      data['unlisted'] === true ||
      /\bnoindex\b/.test(robots),
    data,
  }
}

function tagsOf(value: unknown): string[] {
  const items = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value.slice(0, 100) : []
  const tags = items
    .map((item) => (isRecord(item) ? textOf(item['label'] ?? item['name']) : textOf(item)))
    .filter((tag): tag is string => tag !== null)
  return [...new Set(tags)].slice(0, 50)
}

/** Text of scalars only: an alias bomb is a tree of arrays, which is never walked. */
function textOf(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString().slice(0, 10)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'string') return null
  const text = headOf(wellFormed(value).replace(/\s+/g, ' ').trim(), maxValueLength)
  return text === '' ? null : text
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function lineCountOf(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
