import type {RetrievedSource} from '../domain/index.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {termsOf} from '../text/terms.ts'
import {blocksOf, type Unit} from './quotable-blocks.ts'

export interface ExtractOptions {
  /** Words of prose at most, about; a unit that would pass it by far is left out. Default 150. */
  readonly words?: number
  /** Lines of code at most, over all blocks. Default 40. */
  readonly codeLines?: number
  /** For measuring; the defaults are what measuring gave. */
  readonly weights?: Partial<ExtractWeights>
}

/** A piece of an answer: something quoted, or what stands between. */
export interface ExtractPart {
  readonly text: string
  /** The source it is quoted from; null for what stands between. */
  readonly source: RetrievedSource | null
  /** Its visible words, as the source has them; empty for what stands between. */
  readonly plain: string
}

/** How much each sign of a good unit counts; set on development questions that carry an answer. */
const defaultWeights = {
  /** A source's rank: the first has 1, each further one this much of the one before. */
  rank: 0.8,
  /** The power of a source's score, as a share of the best one's, that its units are weighed by. */
  sourceScore: 0.5,
  /** A match in code, against one in words: examples often hold a question word for word. */
  code: 0.6,
  /** A question's word in the section's headings or title, against one in the unit itself. */
  heading: 0.35,
  /** The unit overlaps the snippet, which retrieval chose by meaning as well as by words. */
  snippet: 0.3,
  /** The first units of a section tend to say what it is about. */
  opening: 0.12,
  /** Standing beside a unit that fits. */
  neighbour: 0.8,
  /** What is taken off for words that the answer has already. */
  repetition: 0.4,
  /** Code and steps, when the question asks how. */
  howTo: 0.25,
  /** A sentence that says what the thing asked about is, when the question asks that. */
  definition: 0.3,
  /** What a unit must reach of the best one's score to be worth its length. */
  floor: 0.4,
}

export type ExtractWeights = typeof defaultWeights

const maxCodeBlocks = 3

interface Candidate {
  readonly unit: Unit
  readonly source: RetrievedSource
  /** Where its source stands, then its block, then its place in the block. */
  readonly sourceIndex: number
  readonly blockIndex: number
  readonly index: number
  readonly head: string
  readonly terms: ReadonlySet<string>
  readonly words: number
  score: number
}

/**
 * The units of the sources that answer a question best, in a readable order: the block that holds the best one
 * first, then the rest as the documents have them. No text twice. Empty only when the sources hold no words.
 *
 * A greedy choice by marginal gain, in the manner of maximal marginal relevance (Carbonell and Goldstein, 1998).
 */
export function extract(
  question: string,
  sources: readonly RetrievedSource[],
  options: ExtractOptions = {},
): ExtractPart[] {
  const {words: wordBudget = 150, codeLines: codeBudget = 40} = options
  const weights = {...defaultWeights, ...options.weights}
  const candidates = sources.flatMap(candidatesOf)
  if (candidates.length === 0) return []
  scoreAll(question, candidates, weights)

  const chosen = new Set<Candidate>()
  const covered = new Set<string>()
  const seen: string[] = []
  let words = 0
  let codeLines = 0
  let codeBlocks = 0
  const bySource = sources.map((_, index) => candidates.filter(({sourceIndex}) => sourceIndex === index))

  const take = (candidate: Candidate): boolean => {
    if (chosen.has(candidate)) return true
    const key = normalised(candidate.unit.plain)
    if (seen.some((text) => text.includes(key) || (key.includes(text) && text.length > 40))) return false
    const isCode = candidate.unit.kind === 'code'
    const lines = isCode ? candidate.unit.plain.split('\n').length : 0
    if (isCode && (codeLines + lines > codeBudget || codeBlocks >= maxCodeBlocks)) return false
    // The first choice may be a long list of steps; it is the answer.
    const limit = chosen.size === 0 ? wordBudget * 1.6 : wordBudget * 1.15
    if (!isCode && words + candidate.words > limit) return false
    chosen.add(candidate)
    seen.push(key)
    for (const term of candidate.terms) covered.add(term)
    if (isCode) {
      codeLines += lines
      codeBlocks += 1
    } else words += candidate.words
    return true
  }

  const pool = new Set(candidates)
  const best = Math.max(...candidates.map(({score}) => score))
  while (pool.size > 0 && words < wordBudget) {
    let next: Candidate | null = null
    let nextGain = Number.NEGATIVE_INFINITY
    for (const candidate of pool) {
      const gain = candidate.score * (1 - weights.repetition * shareOf(candidate.terms, covered))
      if (gain > nextGain) {
        next = candidate
        nextGain = gain
      }
    }
    // What is far weaker than the best adds length, not an answer; a very short extract may still take it.
    if (
      !next ||
      (chosen.size > 0 && nextGain < best * (words < wordBudget / 3 ? weights.floor * 0.6 : weights.floor))
    )
      break
    pool.delete(next)
    const neighbours = bySource[next.sourceIndex] ?? []
    if (!take(next)) continue
    for (const companion of companionsOf(next, neighbours)) {
      pool.delete(companion)
      take(companion)
    }
  }

  for (const candidate of chosen) if (leadsNowhere(candidate, chosen)) chosen.delete(candidate)
  return inReadingOrder(chosen)
}

/** Announces something that was not chosen. The only unit stays: better an announcement than nothing. */
function leadsNowhere(candidate: Candidate, chosen: ReadonlySet<Candidate>): boolean {
  if (!candidate.unit.leadsOn || chosen.size === 1) return false
  for (const other of chosen) {
    if (other.sourceIndex !== candidate.sourceIndex) continue
    if (other.index === candidate.index + 1 || other.blockIndex === candidate.blockIndex + 1) return false
  }
  return true
}

function candidatesOf(source: RetrievedSource, sourceIndex: number): Candidate[] {
  let index = 0
  return blocksOf(source).flatMap((block, blockIndex) =>
    block.units.map((unit) => ({
      unit,
      source,
      sourceIndex,
      blockIndex,
      index: index++,
      head: block.head,
      terms: new Set(termsOf(unit.plain)),
      words: unit.plain.split(/\s+/).length,
      score: 0,
    })),
  )
}

const asksHow =
  /\b(how|steps?|create|set ?up|install|configure|enable|run|deploy|add|change|write|example|command)\b/i

function scoreAll(question: string, candidates: readonly Candidate[], weights: ExtractWeights): void {
  const asked = [...new Set(termsOf(question))]
  const telling = asked.filter((term) => !isStopTerm(term))
  const terms = telling.length > 0 ? telling : asked
  // Rarity among the units at hand: a word that all of them have tells nothing apart.
  const rarity = new Map(
    terms.map((term) => {
      const having = candidates.filter((candidate) => candidate.terms.has(term)).length
      return [term, Math.log(1 + (candidates.length - having + 0.5) / (having + 0.5))] as const
    }),
  )
  const total = [...rarity.values()].reduce((sum, value) => sum + value, 0) || 1
  const how = asksHow.test(question)
  const asksWhat =
    /^\W*(?:what(?:'s| is| are)|who is|define|explain|describe)\b/i.test(question) || terms.length <= 3
  const headingTerms = new Map<RetrievedSource, ReadonlySet<string>>()
  const snippetTerms = new Map<RetrievedSource, ReadonlySet<string>>()

  for (const candidate of candidates) {
    const {source, unit} = candidate
    if (!headingTerms.has(source)) {
      headingTerms.set(source, new Set(termsOf([source.title, ...source.headings].join(' '))))
      snippetTerms.set(source, new Set(termsOf(source.snippet)))
    }
    const headings = headingTerms.get(source) ?? none
    let match = 0
    for (const [term, weight] of rarity) {
      if (candidate.terms.has(term)) match += weight
      else if (headings.has(term)) match += weight * weights.heading
    }
    let score = (match / total) * (unit.kind === 'code' ? weights.code : 1)
    // What a program printed is seldom the answer.
    if (unit.kind === 'code' && isOutput.test(unit.markdown)) score *= 0.5
    // A handful of words that match by chance is not a sentence that answers.
    if (candidate.terms.size < 5) score *= 0.6
    score += weights.snippet * shareOf(candidate.terms, snippetTerms.get(source) ?? none) ** 2
    if (unit.kind !== 'row') score += weights.opening / (1 + candidate.index)
    else if (match === 0) score = 0
    if (how && (unit.kind === 'steps' || unit.kind === 'code')) score += weights.howTo * Math.min(1, score)
    if (/\?$/.test(unit.plain)) score *= 0.5
    if (unit.kind === 'sentence') {
      // A line of a few words without a full stop is a label or a heading in disguise.
      if (!unit.leadsOn && candidate.words < 12 && !/[.!?。！？:)"”]$/.test(unit.plain)) score *= 0.4
      if (pointsElsewhere.test(unit.plain)) score *= 0.4
      // It speaks of something that is not in this passage.
      if (candidate.index === 0 && pointsBack.test(unit.plain)) score *= 0.6
      if (asksWhat && defines(candidate, terms)) score += weights.definition
    }
    candidate.score = score
  }

  const bestSource = Math.max(...candidates.map(({source}) => source.score))
  const shareOfBest = ({score}: RetrievedSource): number =>
    bestSource > 0 ? Math.min(1, Math.max(0.05, score / bestSource)) : 1
  // What stands among units that fit fits better itself: an answer is seldom one sentence long.
  const own = candidates.map(({score}) => score)
  candidates.forEach((candidate, at) => {
    let beside = 0
    for (const [offset, share] of vicinity) {
      const other = candidates[at + offset]
      if (other?.sourceIndex !== candidate.sourceIndex) continue
      beside += (own[at + offset] ?? 0) * share * (other.blockIndex === candidate.blockIndex ? 1 : 0.7)
    }
    // A row stands for itself: the one above it is about something else.
    if (candidate.unit.kind === 'row') beside = 0
    const standing =
      weights.rank ** candidate.sourceIndex * shareOfBest(candidate.source) ** weights.sourceScore
    candidate.score = ((own[at] ?? 0) + weights.neighbour * beside) * standing
  })
}

/** How much a unit at some distance counts. */
const vicinity = [
  [-2, 0.25],
  [-1, 0.5],
  [1, 0.5],
  [2, 0.25],
] as const

const isOutput = /^`{3,}(?:none|text|txt|output|plaintext)\n/i

/** Sends the reader on instead of answering. */
const pointsElsewhere =
  /^(?:for (?:more|further|additional|full|complete|other)\b|see\b|to learn\b|refer to\b|read\b|learn more)/i

/** Says what the thing asked about is: its words, then a verb that defines. */
function defines({unit}: Candidate, terms: readonly string[]): boolean {
  const verb =
    /\s(?:is|are|means|provides?|allows?|enables?|lets|helps|combines?|represents?|refers to)\s/i.exec(
      unit.plain,
    )
  if (!verb || verb.index > 80) return false
  const subject = new Set(termsOf(unit.plain.slice(0, verb.index)))
  return terms.filter((term) => subject.has(term)).length * 2 >= terms.length
}

const none: ReadonlySet<string> = new Set()

/** How much of `terms` is in `others`, 0 to 1. */
function shareOf(terms: ReadonlySet<string>, others: ReadonlySet<string>): number {
  if (terms.size === 0) return 0
  let shared = 0
  for (const term of terms) if (others.has(term)) shared += 1
  return shared / terms.size
}

/** Begins with a word that points at the sentence before. */
const pointsBack = /^(it|its|this|that|these|those|they|them|such|he|she|however|otherwise|then|also)\b/i

/** What a unit cannot be read without: the sentence it points at, what announces it, what it announces. */
function companionsOf(chosen: Candidate, inSource: readonly Candidate[]): Candidate[] {
  const companions: Candidate[] = []
  const at = inSource.indexOf(chosen)
  const before = inSource[at - 1]
  const after = inSource[at + 1]
  if (chosen.unit.kind === 'sentence') {
    if (before && before.blockIndex === chosen.blockIndex && pointsBack.test(chosen.unit.plain)) {
      companions.push(before)
    }
    if (chosen.unit.leadsOn && after && after.blockIndex === chosen.blockIndex + 1) {
      companions.push(...inSource.filter((other) => other.blockIndex === after.blockIndex).slice(0, 6))
    }
  } else {
    if (chosen.unit.kind === 'item') {
      const list = inSource.filter((other) => other.blockIndex === chosen.blockIndex)
      // One item of a short list reads as if it were all of it.
      if (list.length <= 8 && list.reduce((sum, item) => sum + item.words, 0) <= 90) companions.push(...list)
    }
    const first = inSource.find((other) => other.blockIndex === chosen.blockIndex)
    const lead = first && inSource[inSource.indexOf(first) - 1]
    if (lead?.unit.kind === 'sentence' && lead.blockIndex === chosen.blockIndex - 1) {
      // Code without a word about it is a riddle; a list or a table stands alone unless it was announced.
      if (lead.unit.leadsOn || chosen.unit.kind === 'code') companions.push(lead)
    }
  }
  return companions
}

function inReadingOrder(chosen: ReadonlySet<Candidate>): ExtractPart[] {
  const all = [...chosen]
  const lead = all[0]
  if (!lead) return []
  // The lead and what stands next to it, block by block, in both directions: taken apart they would not be read.
  const blocks = new Set(
    all.filter(({sourceIndex}) => sourceIndex === lead.sourceIndex).map(({blockIndex}) => blockIndex),
  )
  const leadBlocks = new Set([lead.blockIndex])
  for (let block = lead.blockIndex - 1; blocks.has(block); block--) leadBlocks.add(block)
  for (let block = lead.blockIndex + 1; blocks.has(block); block++) leadBlocks.add(block)
  const isLead = (candidate: Candidate): boolean =>
    candidate.sourceIndex === lead.sourceIndex && leadBlocks.has(candidate.blockIndex)
  const ordered = all.toSorted(
    (a, b) =>
      Number(isLead(b)) - Number(isLead(a)) ||
      Number(b.sourceIndex === lead.sourceIndex) - Number(a.sourceIndex === lead.sourceIndex) ||
      a.sourceIndex - b.sourceIndex ||
      a.index - b.index,
  )

  const parts: ExtractPart[] = []
  let previous: Candidate | null = null
  for (const candidate of ordered) {
    const sameBlock: boolean =
      previous !== null &&
      previous.sourceIndex === candidate.sourceIndex &&
      previous.blockIndex === candidate.blockIndex
    const {kind} = candidate.unit
    let between = sameBlock ? (kind === 'sentence' ? ' ' : '\n') : previous ? '\n\n' : ''
    // Another section begins with its name, so that its words are not read as going on with the one before.
    // So does a first one that speaks of something its heading names.
    const needsName = previous
      ? previous.sourceIndex !== candidate.sourceIndex
      : candidate.index === 0 && pointsBack.test(candidate.unit.plain)
    if (needsName) between += labelOf(candidate.source)
    if (!sameBlock && kind === 'row') between += `${candidate.head}\n`
    // Words left out between two sentences of a paragraph are marked, as in any quotation.
    if (sameBlock && kind === 'sentence' && previous && candidate.index !== previous.index + 1)
      between = ' … '
    if (between) parts.push({text: between, source: null, plain: ''})
    parts.push({text: candidate.unit.markdown, source: candidate.source, plain: candidate.unit.plain})
    previous = candidate
  }
  return parts
}

function labelOf({headings, title}: RetrievedSource): string {
  const name = (headings.at(-1) ?? title).replace(/\s+/g, ' ').trim()
  return name === '' ? '' : `**${name.replace(/[\\`*_[\]<>~]/g, '\\$&')}**\n\n`
}

function normalised(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
