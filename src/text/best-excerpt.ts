import {headOf} from '../lib/cut.ts'
import {type Sentence, sentencesOf} from './sentences.ts'
import {type Token, tokensOf} from './terms.ts'

/** The part of a text that matches a question best, with the matching words highlighted. */
export interface Excerpt {
  readonly text: string
  /** `[start, end)` into `text` in UTF-16 units, in order, never touching or overlapping. */
  readonly highlights: readonly (readonly [start: number, end: number])[]
  /** Sum of the weights of the terms it contains. */
  readonly weight: number
}

export interface ExcerptOptions {
  /** Longest excerpt in UTF-16 units; default 280. */
  readonly maxLength?: number
}

/**
 * The sentence or lines of a text with most of the weighted terms: consecutive whole sentences, as many as fit; the
 * beginning of the text when it has none of them.
 *
 * Takes one pass over the text's words. `terms` are those of `termsOf`, with their weights.
 */
export function bestExcerptOf(
  text: string,
  terms: ReadonlyMap<string, number>,
  options: ExcerptOptions = {},
): Excerpt {
  const maxLength = options.maxLength ?? 280
  const sentences = sentencesOf(text)
  if (sentences.length === 0) return {text: '', highlights: [], weight: 0}

  const tokens = tokensOf(text)
  const weightsBySentence = termWeightsOf(sentences, tokens, terms)
  let best = {from: 0, to: 1, score: -1, weight: 0}
  for (let from = 0; from < sentences.length; from++) {
    const seen = new Set<string>()
    let weight = 0
    for (let to = from + 1; to <= sentences.length && to <= from + 4; to++) {
      const length = sentences[to - 1]!.end - sentences[from]!.start
      if (to > from + 1 && length > maxLength) break
      for (const [term, value] of weightsBySentence[to - 1]!) {
        if (seen.has(term)) continue
        seen.add(term)
        weight += value
      }
      // A long excerpt must be worth its length; of equal ones the earlier wins.
      const score = weight / (1 + length / (4 * maxLength)) - (to - from - 1) * 0.01
      if (score > best.score) best = {from, to, score, weight}
    }
  }
  // A short line alone (a label, half a command) is extended with what follows it.
  while (best.to < sentences.length) {
    const length = sentences[best.to - 1]!.end - sentences[best.from]!.start
    if (length >= 60 || sentences[best.to]!.end - sentences[best.from]!.start > maxLength) break
    best = {...best, to: best.to + 1}
  }

  const start = sentences[best.from]!.start
  const end = cutAt(text, start, sentences[best.to - 1]!.end, maxLength)
  const isCut = end < sentences[best.to - 1]!.end
  return {
    text: text.slice(start, end) + (isCut ? '…' : ''),
    highlights: highlightsOf(tokens, terms, start, end),
    weight: best.weight,
  }
}

/** By sentence: the weights of the terms it contains. */
function termWeightsOf(
  sentences: readonly Sentence[],
  tokens: readonly Token[],
  terms: ReadonlyMap<string, number>,
): Map<string, number>[] {
  const weightsBySentence = sentences.map(() => new Map<string, number>())
  let at = 0
  for (const token of tokens) {
    while (at < sentences.length && sentences[at]!.end <= token.start) at++
    const weights = weightsBySentence[at]
    if (weights === undefined) break
    for (const term of token.terms) {
      const weight = terms.get(term)
      if (weight !== undefined) weights.set(term, weight)
    }
  }
  return weightsBySentence
}

function highlightsOf(
  tokens: readonly Token[],
  terms: ReadonlyMap<string, number>,
  start: number,
  end: number,
): [number, number][] {
  const found: [number, number][] = []
  for (const token of tokens) {
    if (token.start < start) continue
    if (token.end > end) break
    if (!token.terms.some((term) => terms.has(term))) continue
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
