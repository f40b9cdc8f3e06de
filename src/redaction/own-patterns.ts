import {RE2JS} from 're2js'
import type {Span} from './spans.ts'

/** A pattern of the operator's own, for RE2: it takes time in proportion to the text, whatever it says. */
export interface OwnPattern {
  /** What replaces a match is its name in brackets. */
  readonly name: string
  /** The regular expression, as it was written. */
  readonly source: string
  readonly find: (text: string) => Span[]
}

const maxPatterns = 50
const maxPatternLength = 1_000

/**
 * Reads patterns, a line each: a name, blanks, and a regular expression. Empty lines and those that begin with `#` are
 * left out.
 * @throws Error that says what is wrong with each line.
 * @see https://github.com/google/re2/wiki/Syntax
 */
export function checkedPatterns(text: string): OwnPattern[] {
  const problems: string[] = []
  const patterns = text.split(/\r?\n/).flatMap((raw, index) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) return []
    try {
      return [patternIn(line)]
    } catch (error) {
      problems.push(`line ${index + 1} ${(error as Error).message}`)
      return []
    }
  })
  if (patterns.length > maxPatterns)
    problems.push(`has ${patterns.length} patterns; write at most ${maxPatterns}`)
  if (problems.length > 0) throw new Error(problems.slice(0, 5).join('; '))
  return patterns
}

/** What `checkedPatterns` reads as the same patterns. */
export function patternsText(patterns: readonly OwnPattern[]): string {
  return patterns.map(({name, source}) => `${name} ${source}`).join('\n')
}

function patternIn(line: string): OwnPattern {
  const [, name, source] = /^([a-z][a-z0-9-]{0,29})\s+(\S.*)$/.exec(line) ?? []
  if (name === undefined || source === undefined) {
    throw new Error('must be a name in lower case and a pattern, such as: ticket \\bACME-\\d{4,8}\\b')
  }
  if (source.length > maxPatternLength)
    throw new Error(`has a pattern of more than ${maxPatternLength} characters`)
  const pattern = compiled(source)
  if (pattern.matcher('').find()) throw new Error(`has a pattern that matches the empty text: ${source}`)
  return {name, source, find: (text) => matchesOf(pattern, text)}
}

function compiled(source: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (error) {
    const reason = (error as Error).message.replace(/^error parsing regexp: /, '')
    const hint = /Perl|escape/.test(reason) ? '; it has no lookaround and no back-references' : ''
    throw new Error(`has a pattern that RE2 does not read (${reason})${hint}`)
  }
}

function matchesOf(pattern: RE2JS, text: string): Span[] {
  const spans: Span[] = []
  const matcher = pattern.matcher(text)
  while (matcher.find()) {
    if (matcher.end() > matcher.start()) spans.push({start: matcher.start(), end: matcher.end()})
  }
  return spans
}
