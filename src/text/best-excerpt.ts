import {headOf} from '../lib/cut.ts'
import {matchedParts} from './matched-parts.ts'
import {type Sentence, sentencesOf} from './sentences.ts'
import {type Analysis, type Token, visitWords} from './terms.ts'

/** The part of a text that is most relevant to a question, with the question's words highlighted. */
export interface Excerpt {
  readonly text: string
  /** `[start, end)` into `text` in UTF-16 units, in order, never touching or overlapping. */
  readonly highlights: readonly (readonly [start: number, end: number])[]
  /** Sum of the weights of the question's terms in it. */
  readonly weight: number
}

export interface ExcerptOptions {
  /** Maximum length in UTF-16 units; default 280. */
  readonly maxLength?: number
  /** That of the text. Default English. */
  readonly analysis?: Analysis
}

/**
 * The adjacent sentences or lines of a text with the highest weight of terms, as many as fit; the text's beginning when
 * it has none of the terms.
 *
 * Takes one pass over the text's words. `terms` are as returned by `termsOf`.
 */
export function bestExcerptOf(
  text: string,
  terms: ReadonlyMap<string, number>,
  options: ExcerptOptions = {},
): Excerpt {
  const maxLength = options.maxLength ?? 280
  const sentences = sentencesOf(text)
  if (sentences.length === 0) return {text: '', highlights: [], weight: 0}

  const tokens = tokensWith(terms, text, options.analysis)
  const weights = weightsBySentence(sentences, tokens, terms)
  let best = {from: 0, to: 1, score: -1, weight: 0}
  for (let from = 0; from < sentences.length; from++) {
    const together = new Map<string, number>()
    let weight = 0
    for (let to = from + 1; to <= sentences.length && to <= from + 4; to++) {
      const length = sentences[to - 1]!.end - sentences[from]!.start
      if (to > from + 1 && length > maxLength) break
      for (const [term, value] of weights[to - 1]!) {
        if (together.has(term)) continue
        together.set(term, value)
        weight += value
      }
      // A longer excerpt needs more weight; among equals the first one wins.
      const score = weight / (1 + length / (4 * maxLength)) - (to - from - 1) * 0.01
      if (score > best.score) best = {from, to, score, weight}
    }
  }
  // A short line alone (a label, half a command) is extended by what follows it.
  while (best.to < sentences.length) {
    const length = sentences[best.to - 1]!.end - sentences[best.from]!.start
    if (length >= 60 || sentences[best.to]!.end - sentences[best.from]!.start > maxLength) break
    best = {...best, to: best.to + 1}
  }

  const start = sentences[best.from]!.start
  const end = cutAt(text, start, sentences[best.to - 1]!.end, maxLength)
  const cut = end < sentences[best.to - 1]!.end
  return {
    text: text.slice(start, end) + (cut ? '…' : ''),
    highlights: highlightsOf(tokens, start, end),
    weight: best.weight,
  }
}

/** The words of a text that have any of the terms, or the parts that have: few, so only those are kept. */
function tokensWith(
  terms: ReadonlyMap<string, number>,
  text: string,
  analysis: Analysis | undefined,
): Token[] {
  const tokens: Token[] = []
  visitWords(
    text,
    (word, start, end) => {
      if (!word.terms.some((term) => terms.has(term))) return
      const token = {start, end, terms: word.terms}
      for (const part of matchedParts(text, token, terms, analysis)) tokens.push({...token, ...part})
    },
    analysis,
  )
  return tokens
}

function weightsBySentence(
  sentences: readonly Sentence[],
  tokens: readonly Token[],
  terms: ReadonlyMap<string, number>,
): Map<string, number>[] {
  const weights = sentences.map(() => new Map<string, number>())
  let at = 0
  for (const token of tokens) {
    while (at < sentences.length && sentences[at]!.end <= token.start) at++
    const sentence = weights[at]
    if (sentence === undefined) break
    for (const term of token.terms) {
      const weight = terms.get(term)
      if (weight !== undefined) sentence.set(term, weight)
    }
  }
  return weights
}

function highlightsOf(tokens: readonly Token[], start: number, end: number): [number, number][] {
  const found: [number, number][] = []
  for (const token of tokens) {
    if (token.start < start) continue
    if (token.end > end) break
    const last = found.at(-1)
    if (last !== undefined && token.start - start <= last[1]) last[1] = token.end - start
    else found.push([token.start - start, token.end - start])
  }
  return found
}

/** The end itself, or the last word boundary that keeps the excerpt within its length. */
function cutAt(text: string, start: number, end: number, maxLength: number): number {
  if (end - start <= maxLength) return end
  const limit = start + maxLength - 1
  const space = text.lastIndexOf(' ', limit)
  return space > start + maxLength / 2 ? space : headOf(text, limit).length
}
