import {finderIn} from './find-words.ts'

/** Longer quotes are named by their first and last words. */
const maxExactChars = 160
/** Words of each end, and of what stands around. */
const endWords = 5
const aroundWords = 3
const maxDirectives = 5

/**
 * A link that marks what it quotes, by the text fragments of browsers: `#section:~:text=words`. Without quotes, the link.
 * @param section The plain text of the section, by which a quote that stands in it twice is told apart; null for unknown.
 */
export function withQuotes(href: string, quotes: readonly string[], section: string | null = null): string {
  const directives = quotes.map((quote) => directiveOf(quote, section)).filter(Boolean)
  if (directives.length === 0) return href
  const unique = [...new Set(directives)].slice(0, maxDirectives)
  return `${href}${href.includes('#') ? '' : '#'}:~:${unique.join('&')}`
}

/** `text=[prefix-,]start[,end][,-suffix]`; empty for a quote without words. */
function directiveOf(quote: string, section: string | null): string {
  const lines = quote
    .replace(/\p{Surrogate}|^[\s…]+|[\s…]+$/gu, '')
    .split(/\n+/)
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => /[\p{L}\p{N}]/u.test(line))
  if (lines.length === 0) return ''
  const isExact = lines.length === 1 && lines[0]!.length <= maxExactChars
  // The words between two blocks match no exact text.
  const parts = isExact ? [lines[0]!] : [head(lines[0]!), tail(lines.at(-1)!)]
  const {before, after} = section === null ? nothingAround : around(quote, section)
  const terms = parts.map(encode)
  if (before !== '') terms.unshift(`${encode(before)}-`)
  if (after !== '') terms.push(`-${encode(after)}`)
  return `text=${terms.join(',')}`
}

const nothingAround = {before: '', after: ''}

/** The words around a quote in its line, where the section has the quote more than once; empty else. */
function around(quote: string, section: string): {readonly before: string; readonly after: string} {
  const find = finderIn(section)
  const place = find(quote)
  if (place === null) return nothingAround
  const [start, end] = place
  const second = find(quote, end)
  if (second === null || second[0] === start) return nothingAround
  const before = section.slice(0, start).split('\n').at(-1)!
  const after = section.slice(end).split('\n')[0]!
  return {before: tail(before.trim(), aroundWords), after: head(after.trim(), aroundWords)}
}

const head = (line: string, count = endWords): string => wordsOf(line).slice(0, count).join('').trim()
const tail = (line: string, count = endWords): string => wordsOf(line).slice(-count).join('').trim()

/** The words of a line with what follows each; those of scripts without spaces too. */
function wordsOf(line: string): string[] {
  const spaced = line.match(/\S+\s*/g) ?? []
  if (spaced.length > 2 || line.length < 40) return spaced
  const words: string[] = []
  for (const {segment, isWordLike} of new Intl.Segmenter(undefined, {granularity: 'word'}).segment(line)) {
    if (isWordLike || words.length === 0) words.push(segment)
    else words[words.length - 1] += segment
  }
  return words
}

/** Also hyphens, which separate what stands around from the words. */
const encode = (words: string): string => encodeURIComponent(words).replace(/-/g, '%2D')
