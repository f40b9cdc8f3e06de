import type {QuotableBlock, RetrievedSource} from '../domain/index.ts'
import {shortened} from '../lib/cut.ts'
import {literal} from '../text/literal-markdown.ts'
import {gapAfter} from '../text/sentences.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {termsOf, tokensOf} from '../text/terms.ts'
import {countWords} from '../text/words.ts'
import {boundedUnit} from './bounded-unit.ts'
import {type QuotedUnit, quotedUnits} from './quoted-units.ts'

export interface ExtractOptions {
  /** Maximum number of words of prose, approximately. Default 126. */
  readonly words?: number
  /** Maximum number of lines of code, over all blocks. Default 48. */
  readonly codeLines?: number
  /** Maximum number of UTF-16 units, approximately; a longer unit is cut. Default 8,000. */
  readonly characters?: number
  /** For measuring; the defaults are the best that were measured. */
  readonly weights?: Partial<ExtractWeights>
}

/** A part of an answer: a quote, or the text between quotes. */
export interface ExtractPart {
  readonly text: string
  /** The source it is quoted from; null for text between quotes. */
  readonly source: RetrievedSource | null
  /** Its visible words, as the source has them; empty for text between quotes. */
  readonly plain: string
}

/** The weight of each feature of a good unit; tuned on development questions with known answers. */
const defaultWeights = {
  /** By rank of a source: 1 for the first, each further one this factor of the one before. */
  rank: 0.85,
  /** The exponent of a source's score, as a share of the best one's, in the weight of its units. */
  sourceScore: 0.75,
  /** A match inside code, relative to one in prose. */
  code: 0.65,
  /** The same in code that is data or output, which may contain a question word for word and answer nothing. */
  output: 0.25,
  /** The share of its lead-in's score, or of the sentence before it, that code gets. */
  leadIn: 0.8,
  /** A word of the question in the section's own heading, relative to one in the unit itself. */
  ownHeading: 0.5,
  /** The same in its page's title and the headings above. */
  heading: 0.25,
  /** The unit overlaps the snippet, which retrieval chose by meaning as well as by words. */
  snippet: 0.7,
  /** The first units of a section tend to say what it is about. */
  opening: 0.15,
  /** The scores of adjacent units. */
  neighbour: 0.7,
  /** Penalty for words that the answer has already. */
  repetition: 0.35,
  /** Code, steps and instructions, for how-to questions. */
  howTo: 0.25,
  /** A sentence that defines the subject, for questions that ask for a definition. */
  definition: 0.3,
  /** A sentence with most of the question's words, for yes-or-no questions. */
  statement: 0.15,
  /** Minimum score of a unit, as a share of the best one's, to be worth its length. */
  floor: 0.45,
  /** The same for a unit of another source that covers much more of the question. */
  floorElsewhere: 0.65,
  /** The same for one that covers no more of it. */
  floorWithoutNovelty: 0.9,
}

export type ExtractWeights = typeof defaultWeights

const maxCodeBlocks = 3
const maxSources = 3
/** Share of the question's weight that a second source must add for the lowest floor. */
const fullNovelty = 0.2
/** Shares of the question's weight in words that no source has, above which one source and fewer words are quoted. */
const unknownForOneSource = 0.4
const unknownForFewWords = 0.6
/** A paragraph of at most this many words is quoted whole. */
const wholeParagraphWords = 47
/** A list of at most this many items and words is quoted whole: a single item would read as if it were the whole list. */
const wholeListItems = 8
const wholeListWords = 95

interface Candidate {
  readonly unit: QuotedUnit
  readonly block: QuotableBlock
  readonly source: RetrievedSource
  /** The rank of its source's group, the index of its source, of its block there, and of the unit in the source. */
  readonly rank: number
  readonly sourceIndex: number
  readonly blockIndex: number
  readonly index: number
  readonly terms: ReadonlySet<string>
  readonly words: number
  /** The share of the question's weight that its own words cover. */
  match: number
  score: number
}

/**
 * The parts of the sources that answer a question best, in a readable order: first the one with the best sentence, step
 * or code, then the rest in document order. Short where little else is relevant. No text twice. Empty only when the
 * sources have no words.
 *
 * A greedy selection by marginal gain, as in maximal marginal relevance (Carbonell and Goldstein, 1998), of runs of units
 * that can be read alone.
 */
export function extract(
  question: string,
  sources: readonly RetrievedSource[],
  options: ExtractOptions = {},
): ExtractPart[] {
  const {words: maxWords = 126, codeLines: codeBudget = 48, characters: characterBudget = 8_000} = options
  const weights = {...defaultWeights, ...options.weights}
  const ranks = ranksOf(sources)
  const bySource = sources.map((source, index) =>
    candidatesOf(source, index, ranks.get(source.group)!, characterBudget / 2),
  )
  const candidates = bySource.flat()
  if (candidates.length === 0) return []
  const analysis = analyse(question, candidates)
  scoreAll(analysis, candidates, weights)
  // A question about what no source mentions is not answered by more words.
  const wordBudget = analysis.unknown > unknownForFewWords ? maxWords * 0.6 : maxWords
  const sourceBudget = analysis.unknown > unknownForOneSource ? 1 : maxSources

  const chosen = new Set<Candidate>()
  const covered = new Set<string>()
  /** Terms of the question that the answer covers, in its text or by headings. */
  const coveredQuestionTerms = new Set<string>()
  const quotedTexts: string[] = []
  let words = 0
  let characters = 0
  let codeLines = 0
  let codeBlocks = 0

  const isQuoted = (key: string): boolean =>
    quotedTexts.some((text) => text.includes(key) || (key.includes(text) && text.length > 40))

  /** Adds the run around a candidate if it fits the budgets; returns whether it did. */
  const addRun = (seed: Candidate): boolean => {
    const run = readableRun(seed, bySource[seed.sourceIndex] ?? []).filter(
      (candidate) => !chosen.has(candidate) && !isQuoted(normalised(candidate.unit.text)),
    )
    // Without its seed a run is only context.
    if (!run.includes(seed)) return false
    const prose = run.filter(({unit}) => unit.kind !== 'code').reduce((sum, unit) => sum + unit.words, 0)
    const length = run.reduce((sum, {unit}) => sum + unit.markdown.length, 0)
    const code = run.filter(({unit}) => unit.kind === 'code')
    const lines = code.reduce((sum, {unit}) => sum + unit.text.split('\n').length, 0)
    // The first run may be a long list of steps, which is the answer.
    if (prose > 0 && words + prose > wordBudget * (chosen.size === 0 ? 1.7 : 1.1)) return false
    if (characters + length > characterBudget) return false
    if (code.length > 0 && (codeLines + lines > codeBudget || codeBlocks + code.length > maxCodeBlocks))
      return false
    for (const candidate of run) {
      chosen.add(candidate)
      quotedTexts.push(normalised(candidate.unit.text))
      for (const term of candidate.terms) covered.add(term)
      for (const term of analysis.rarity.keys()) {
        if (candidate.terms.has(term) || analysis.headingTerms(candidate).has(term))
          coveredQuestionTerms.add(term)
      }
    }
    words += prose
    characters += length
    codeLines += lines
    codeBlocks += code.length
    return true
  }

  const pool = new Set(candidates.toSorted((one, other) => other.score - one.score))
  const quotedRanks = new Set<number>()
  const best = Math.max(...candidates.map(({score}) => score))
  const bestMatch = Math.max(...candidates.map(({match}) => match))
  while (pool.size > 0 && words < wordBudget) {
    let next: Candidate | null = null
    let nextGain = Number.NEGATIVE_INFINITY
    for (const candidate of pool) {
      // A gain is at most the score, and the pool is sorted by score.
      if (candidate.score <= nextGain) break
      const gain = candidate.score * (1 - weights.repetition * shareOf(candidate.terms, covered))
      if (gain > nextGain) {
        next = candidate
        nextGain = gain
      }
    }
    if (!next) break
    pool.delete(next)
    if (chosen.has(next)) continue
    if (chosen.size > 0) {
      if (isNavigation(next)) continue
      // A much weaker unit adds length, not an answer; a very short extract may still grow.
      if (nextGain < best * weights.floor * (words < wordBudget / 4 ? 0.6 : 1)) break
      if (!quotedRanks.has(next.rank)) {
        if (quotedRanks.size >= sourceBudget) continue
        let novelty = 0
        for (const [term, weight] of analysis.rarity) {
          if (next.terms.has(term) && !coveredQuestionTerms.has(term)) novelty += weight
        }
        // A second source must add something of its own about the question, in its own words.
        const share = Math.min(1, novelty / analysis.total / fullNovelty)
        const floor =
          weights.floorWithoutNovelty - (weights.floorWithoutNovelty - weights.floorElsewhere) * share
        if (next.score < best * floor || next.match < bestMatch * 0.5) continue
      }
    }
    if (addRun(next)) quotedRanks.add(next.rank)
  }
  // No run fits the budgets: the best unit alone, however long.
  if (chosen.size === 0) {
    const first = candidates.reduce((one, other) => (other.score > one.score ? other : one))
    chosen.add(first)
  }

  for (const candidate of chosen) if (isDanglingLeadIn(candidate, chosen)) chosen.delete(candidate)
  return inReadingOrder(chosen)
}

/** Whether a lead-in announces something that was not chosen. The only unit stays: better than nothing. */
function isDanglingLeadIn(candidate: Candidate, chosen: ReadonlySet<Candidate>): boolean {
  if (!candidate.unit.isLeadIn || chosen.size === 1) return false
  for (const other of chosen) {
    if (other.sourceIndex !== candidate.sourceIndex) continue
    if (other.index === candidate.index + 1 || other.blockIndex === candidate.blockIndex + 1) return false
  }
  return true
}

/** The rank of each group, by its id. */
function ranksOf(sources: readonly RetrievedSource[]): ReadonlyMap<string, number> {
  return new Map([...new Set(sources.map(({group}) => group))].map((group, rank) => [group, rank]))
}

function candidatesOf(
  source: RetrievedSource,
  sourceIndex: number,
  rank: number,
  maxUnitLength: number,
): Candidate[] {
  let index = 0
  return source.blocks.flatMap((block, blockIndex) =>
    quotedUnits(block).map((whole) => {
      const unit = boundedUnit(whole, maxUnitLength)
      return {
        unit,
        block,
        source,
        rank,
        sourceIndex,
        blockIndex,
        index: index++,
        terms: new Set(termsOf(unit.text)),
        words: countWords(unit.text),
        match: 0,
        score: 0,
      }
    }),
  )
}

/** What a question asks for, as far as its words show. */
interface QuestionAnalysis {
  /** Its content terms and how rare each is among the candidates. */
  readonly rarity: ReadonlyMap<string, number>
  /** Sum of the rarities. */
  readonly total: number
  /** The share of the total in words that no source has. */
  readonly unknown: number
  readonly intent: {
    readonly howTo: boolean
    readonly definition: boolean
    readonly yesOrNo: boolean
    readonly figure: boolean
  }
  /** The terms of the heading that a candidate is under. */
  headingTerms(candidate: Candidate): ReadonlySet<string>
}

const asksHowTo =
  /\b(?:(?:can|could) (?:i|we|you)|is it possible|how(?! (?:long|many|much|often|fast|big|large|old|far)\b)|steps?|create|set ?up|install|configure|enable|run|deploy|add|change|write|example|command)\b/i
const asksFigure =
  /\b(?:how (?:long|many|much|often|fast|big|large|old|far)|limit|maximum|minimum|default)\b/i
const asksDefinition = /^\W*(?:what(?:'s| is| are| does \S+ mean)|who is|define|explain|describe)\b/i
const asksYesOrNo =
  /^\W*(?:can|could|does|do|did|is|are|was|will|would|should|may|must|has|have|am)\b(?! not sure)/i

/** Stop words that change what a sentence means. */
const modifiers: ReadonlySet<string> = new Set(
  ['off', 'without', 'before', 'after', 'between', 'only', 'all', 'every', 'until'].flatMap(termsOf),
)

function analyse(question: string, candidates: readonly Candidate[]): QuestionAnalysis {
  const all = [...new Set(termsOf(question))]
  const content = all.filter((term) => !isStopTerm(term))
  const terms = content.length > 0 ? [...content, ...all.filter((term) => modifiers.has(term))] : all
  // Parts of a name that no source has match by coincidence: the "open" of `OpenAI` is an ordinary word as well.
  const isInSources = (term: string): boolean => candidates.some((candidate) => candidate.terms.has(term))
  const coincidental = new Set(
    tokensOf(question).flatMap(({start, end, terms: [whole, ...parts]}) =>
      whole && /^[\p{L}\p{N}]+$/u.test(question.slice(start, end)) && !isInSources(whole) ? parts : [],
    ),
  )
  // Rarity among the candidates: a word that all of them have distinguishes none.
  const rarity = new Map(
    terms.map((term) => {
      const frequency = candidates.filter((candidate) => candidate.terms.has(term)).length
      const weight = Math.log(1 + (candidates.length - frequency + 0.5) / (frequency + 0.5))
      return [term, weight * (modifiers.has(term) ? 0.75 : coincidental.has(term) ? 0.25 : 1)] as const
    }),
  )
  const termsByHeading = new Map<string, ReadonlySet<string>>()
  const sumOf = (some: readonly (readonly [string, number])[]): number =>
    some.reduce((sum, [, weight]) => sum + weight, 0)
  const total = sumOf([...rarity]) || 1
  const inHeadings = new Set(
    candidates
      .filter(({index}) => index === 0)
      .flatMap(({source}) => termsOf([source.title, ...source.headings].join(' '))),
  )
  const isUnknown = (term: string): boolean => !inHeadings.has(term) && !isInSources(term)
  return {
    rarity,
    total,
    unknown: sumOf([...rarity].filter(([term]) => isUnknown(term))) / total,
    intent: {
      howTo: asksHowTo.test(question),
      definition: asksDefinition.test(question) || terms.length <= 3,
      yesOrNo: asksYesOrNo.test(question),
      figure: asksFigure.test(question),
    },
    headingTerms(candidate) {
      const heading = headingOf(candidate)
      const known = termsByHeading.get(heading) ?? new Set(termsOf(heading))
      termsByHeading.set(heading, known)
      return known
    },
  }
}

function headingOf({block, source}: Candidate): string {
  return (block.heading || (source.headings.at(-1) ?? source.title))
    .replace(/\s+/g, ' ')
    .replace(/\s*\{#[^{}]*\}\s*$/, '')
    .trim()
}

function scoreAll(
  analysis: QuestionAnalysis,
  candidates: readonly Candidate[],
  weights: ExtractWeights,
): void {
  const {rarity, total, intent} = analysis
  const terms = [...rarity.keys()]
  const headingTermsBySource = new Map<RetrievedSource, ReadonlySet<string>>()
  const snippetTermsBySource = new Map<RetrievedSource, ReadonlySet<string>>()
  const ownScores: number[] = []

  candidates.forEach((candidate, at) => {
    const {source, unit} = candidate
    if (!headingTermsBySource.has(source)) {
      headingTermsBySource.set(source, new Set(termsOf([source.title, ...source.headings].join(' '))))
      snippetTermsBySource.set(source, new Set(termsOf(source.snippet)))
    }
    const ownHeading = analysis.headingTerms(candidate)
    const headings = headingTermsBySource.get(source) ?? none
    let match = 0
    let context = 0
    for (const [term, weight] of rarity) {
      if (candidate.terms.has(term)) match += weight
      else if (ownHeading.has(term)) context += weight * weights.ownHeading
      else if (headings.has(term)) context += weight * weights.heading
    }
    candidate.match = match / total
    let score = (match + context) / total
    if (unit.kind === 'code') {
      const weight = isOutput(unit) ? weights.output : weights.code
      candidate.match *= weight
      score = (match * weight + context) / total
      const before = candidates[at - 1]
      const lead = before?.sourceIndex === candidate.sourceIndex ? (ownScores[at - 1] ?? 0) : 0
      if (before?.unit.kind === 'sentence') score = Math.max(score, weights.leadIn * lead)
      // Output of a program, or data sent over a network, is seldom the answer.
      if (isOutput(unit) || announcesOutput.test(before?.unit.text ?? '')) score *= 0.5
    }
    // A few words that match are not a sentence that answers.
    if (candidate.terms.size < 5 && unit.kind !== 'code' && !candidate.unit.isLeadIn) score *= 0.6
    const inSnippet = shareOf(candidate.terms, snippetTermsBySource.get(source) ?? none) ** 2
    score += weights.snippet * inSnippet * (match === 0 ? 0.4 : 1)
    if (unit.kind !== 'row') score += weights.opening / (1 + candidate.index)
    else if (match === 0) score = 0
    if (intent.howTo && (unit.kind === 'steps' || (unit.kind === 'code' && !isOutput(unit))))
      score += weights.howTo * Math.min(1, score)
    if (/[?？]$/.test(unit.text)) score *= 0.5
    if (isNavigation(candidate)) score *= 0.15
    if (unit.kind === 'sentence') {
      if (isLabel(candidate)) score *= 0.4
      if (announcesOutput.test(unit.text)) score *= 0.5
      if (pointsElsewhere.test(unit.text) || describesPage.test(unit.text)) score *= 0.4
      // It refers to something that is not in this passage.
      if (candidate.index === 0 && pointsBack.test(unit.text)) score *= 0.6
      if (intent.howTo && instructs.test(unit.text)) score += weights.howTo * 0.8 * Math.min(1, score)
      if (intent.definition && defines(candidate, terms)) score += weights.definition
      if (intent.yesOrNo && match / total >= 0.6) score += weights.statement
    }
    if (intent.figure && match > 0 && /\d/.test(unit.text)) score += weights.statement * 0.5
    // An item without any word of the question is irrelevant.
    if (unit.kind === 'item' && match + context === 0) score *= 0.5
    ownScores.push(score)
  })

  const bestSource = Math.max(...candidates.map(({source}) => source.score))
  const shareOfBest = ({score}: RetrievedSource): number =>
    bestSource > 0 ? Math.min(1, Math.max(0.05, score / bestSource)) : 1
  // A unit among relevant ones is more relevant itself: an answer is seldom one sentence long.
  candidates.forEach((candidate, at) => {
    let neighbours = 0
    for (const [offset, share] of neighbourWeights) {
      const other = candidates[at + offset]
      if (other?.sourceIndex !== candidate.sourceIndex) continue
      neighbours +=
        (ownScores[at + offset] ?? 0) * share * (other.blockIndex === candidate.blockIndex ? 1 : 0.7)
    }
    // A row is independent: the one above it is about something else. So are the items of most lists.
    if (candidate.unit.kind === 'row') neighbours = 0
    if (candidate.unit.kind === 'item') neighbours /= 2
    // Relevant neighbours do not make a label a sentence, nor a reference an answer.
    const {unit} = candidate
    if (unit.kind === 'sentence' && (isLabel(candidate) || pointsElsewhere.test(unit.text))) neighbours *= 0.3
    const sourceWeight = weights.rank ** candidate.rank * shareOfBest(candidate.source) ** weights.sourceScore
    candidate.score = ((ownScores[at] ?? 0) + weights.neighbour * neighbours) * sourceWeight
  })
}

/** How much the units before and after count, by offset. */
const neighbourWeights = [
  [-2, 0.25],
  [-1, 0.5],
  [1, 0.5],
  [2, 0.25],
] as const

/** A line of a few words without a full stop, which serves as a heading. */
function isLabel({unit, words}: Candidate): boolean {
  return !unit.isLeadIn && words < 12 && !/[.!?。！？:)"”]$/.test(unit.text)
}

/** The end of a sentence that began in another passage. */
function isFragment(candidate: Candidate | undefined): boolean {
  return candidate?.index === 0 && candidate.words < 6 && /^\p{Ll}/u.test(candidate.unit.text)
}

const announcesOutput = /^(?:the |sample |example |expected )*(?:output|result|response)s?\b[^.]*:$/i

/** Code that is data or output, not something to type. */
function isOutput({markdown, text}: QuotedUnit): boolean {
  return (
    /^`{3,}(?:none|text|txt|output|plaintext|json|console-output|log)\n/i.test(markdown) ||
    /^\s*[{[]/.test(text)
  )
}

function isNavigation(candidate: Candidate): boolean {
  return candidate.block.isNavigation || navigationHeading.test(headingOf(candidate))
}

/** Headings of lists of further reading. */
const navigationHeading =
  /^(?:what'?s next|next steps?|see also|where (?:do i|to) go|further reading|related\b|learn more|more (?:information|resources)|additional resources|references?$|resources$|in this (?:page|section|guide))/i

/** Refers the reader to another place instead of answering. */
const pointsElsewhere =
  /^(?:please )?(?:also )?(?:for (?:more|further|additional|full|complete|other|a complete|a full|details)\b|see\b|to learn\b|refer to\b|read\b|learn more|check out\b|visit\b|you can (?:also )?(?:read|find|learn) more)/i

/** Describes the page instead of answering. */
const describesPage =
  /^(?:(?:in )?this (?:page|guide|section|tutorial|topic|document|chapter|article|exercise)\b|the following (?:section|topic|page)s?\b)/i

/** Instructs the reader to do something. */
const instructs =
  /^(?:to \w+|if you|(?:then |now |first,? |next,? )?(?:set|use|run|add|create|open|install|put|click|go to|select|choose|enable|disable|start|stop|call|send|pass|write|make|give|ask|type|enter|copy|download|configure|define|specify|change|edit|remove|delete|apply|connect|import)\b)/i

/** Defines the subject of the question: its words, then a defining verb. */
function defines({unit}: Candidate, terms: readonly string[]): boolean {
  const verb =
    /\s(?:is|are|means|provides?|allows?|enables?|lets|helps|combines?|represents?|refers to)\s/i.exec(
      unit.text,
    )
  if (!verb || verb.index > 80) return false
  const subject = new Set(termsOf(unit.text.slice(0, verb.index)))
  return terms.filter((term) => subject.has(term)).length * 2 >= terms.length
}

const none: ReadonlySet<string> = new Set()

/** The share of `terms` that is in `others`, 0 to 1. */
function shareOf(terms: ReadonlySet<string>, others: ReadonlySet<string>): number {
  if (terms.size === 0) return 0
  let shared = 0
  for (const term of terms) if (others.has(term)) shared += 1
  return shared / terms.size
}

/** Begins with a word that refers to the sentence before, or continues it. */
const pointsBack =
  /^(?:it|its|this|that|these|those|they|them|their|such|he|she|however|otherwise|then|also|and|but|so|both|else|either|neither|instead|therefore|thus|hence|similarly|likewise|additionally|furthermore|moreover|conversely|nevertheless|afterwards|alternatively|for (?:example|instance)|in (?:this|that|these|those|such|some of those) |in (?:addition|other words)|as a result|as such|to (?:do|solve|avoid|fix) (?:this|so|that)|by doing (?:so|this)|after (?:that|this)|on the other hand|more specifically|the (?:former|latter|above|same)|another|one of (?:these|them))\b/i

/**
 * The units that are quoted together with a unit, so that it can be read without the rest: the whole of a short
 * paragraph, the sentence that a pronoun refers to, the lead-in of a list or code, what a lead-in announces.
 */
function readableRun(seed: Candidate, inSource: readonly Candidate[]): Candidate[] {
  const run = new Set<Candidate>([seed])
  const blockAt = (blockIndex: number): readonly Candidate[] =>
    inSource.filter(
      (candidate) => candidate.blockIndex === blockIndex && candidate.block.heading === seed.block.heading,
    )

  const addParagraph = (sentence: Candidate, minWords: number): void => {
    const block = blockAt(sentence.blockIndex)
    let from = block.indexOf(sentence)
    let to = from + 1
    const wordsOf = (part: readonly Candidate[]): number => part.reduce((sum, {words}) => sum + words, 0)
    if (wordsOf(block) <= wholeParagraphWords) {
      from = isFragment(block[0]) && block[0] !== sentence ? 1 : 0
      to = block.length
    }
    while (
      from > 0 &&
      (pointsBack.test(block[from]?.unit.text ?? '') || wordsOf(block.slice(0, from)) <= 20) &&
      !isFragment(block[from - 1])
    )
      from--
    while (to < block.length && wordsOf(block.slice(from, to)) < minWords) to++
    // A lead-in at the end is quoted with what it announces, or not at all.
    const last = block[to - 1]
    if (last?.unit.isLeadIn && last !== sentence && to - 1 > from) to--
    while (
      to - 1 > from &&
      block[to - 1] !== sentence &&
      pointsElsewhere.test(block[to - 1]?.unit.text ?? '')
    )
      to--
    for (const candidate of block.slice(from, to)) run.add(candidate)

    const first = block[from]
    if (from === 0 && first && pointsBack.test(first.unit.text)) {
      const before = blockAt(sentence.blockIndex - 1).at(-1)
      if (before?.unit.kind === 'sentence' && before.words <= 40) run.add(before)
    }
  }

  if (seed.unit.kind === 'sentence') {
    addParagraph(seed, 12)
    if (seed.unit.isLeadIn) {
      const next = blockAt(seed.blockIndex + 1)
      if (seed === blockAt(seed.blockIndex).at(-1))
        for (const candidate of next.slice(0, 6)) run.add(candidate)
    }
    return [...run]
  }

  const block = blockAt(seed.blockIndex)
  const lead = blockAt(seed.blockIndex - 1).at(-1)
  const hasLeadIn = lead?.unit.isLeadIn ?? false
  if (seed.unit.kind === 'item') {
    const isShort =
      block.length <= wholeListItems && block.reduce((sum, {words}) => sum + words, 0) <= wholeListWords
    for (const candidate of block)
      if (isShort && (hasLeadIn || candidate.score >= seed.score * 0.6)) run.add(candidate)
  }
  // Code needs a sentence about it; a list or a table can be read alone unless it has a lead-in.
  if (
    lead?.unit.kind === 'sentence' &&
    (lead.unit.isLeadIn || (seed.unit.kind === 'code' && lead.words <= 40))
  ) {
    const paragraph = blockAt(lead.blockIndex)
    if (paragraph.reduce((sum, {words}) => sum + words, 0) <= 35)
      for (const candidate of paragraph) run.add(candidate)
    else if (pointsBack.test(lead.unit.text)) addParagraph(lead, 0)
    else run.add(lead)
  }
  return [...run]
}

function inReadingOrder(chosen: ReadonlySet<Candidate>): ExtractPart[] {
  const all = [...chosen]
  const lead = all[0]
  if (!lead) return []
  // The lead and the blocks adjacent to it, in both directions, stay together.
  const blocks = new Set(
    all.filter(({sourceIndex}) => sourceIndex === lead.sourceIndex).map(({blockIndex}) => blockIndex),
  )
  const leadBlocks = new Set([lead.blockIndex])
  const leadScore = Math.max(...all.map(({score}) => score))
  for (let block = lead.blockIndex - 1; blocks.has(block); block--) {
    const strongest = Math.max(
      ...all
        .filter((one) => one.sourceIndex === lead.sourceIndex && one.blockIndex === block)
        .map(({score}) => score),
    )
    const hasProse = all.some(
      (one) =>
        one.blockIndex === block && one.sourceIndex === lead.sourceIndex && one.unit.kind === 'sentence',
    )
    if (!hasProse && strongest < leadScore * 0.8) break
    leadBlocks.add(block)
  }
  for (let block = lead.blockIndex + 1; blocks.has(block); block++) leadBlocks.add(block)
  const isLead = (candidate: Candidate): boolean =>
    candidate.sourceIndex === lead.sourceIndex && leadBlocks.has(candidate.blockIndex)
  const ordered = all.toSorted(
    (a, b) =>
      Number(isLead(b)) - Number(isLead(a)) ||
      Number(b.sourceIndex === lead.sourceIndex) - Number(a.sourceIndex === lead.sourceIndex) ||
      Number(b.rank === lead.rank) - Number(a.rank === lead.rank) ||
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
    let between = previous ? '\n\n' : ''
    if (sameBlock && previous) between = kind === 'sentence' ? gapAfter(previous.unit.text) : '\n'
    // Another section begins with its heading, so that it is not read as a continuation of the one before.
    // So does a first one that cannot be read without: code, a row, a sentence that refers to something before.
    const needsLabel = previous
      ? previous.sourceIndex !== candidate.sourceIndex || previous.block.heading !== candidate.block.heading
      : kind === 'code' || kind === 'row' || pointsBack.test(candidate.unit.text)
    if (needsLabel) between += labelOf(candidate)
    if (!sameBlock && kind === 'row' && candidate.block.tableHead.length <= maxHeadLength)
      between += `${candidate.block.tableHead}\n`
    // Text left out between two sentences of a paragraph is marked, as in any quotation.
    if (sameBlock && kind === 'sentence' && previous && candidate.index !== previous.index + 1)
      between = ' … '
    if (between) parts.push({text: between, source: null, plain: ''})
    parts.push({text: candidate.unit.markdown, source: candidate.source, plain: candidate.unit.text})
    previous = candidate
  }
  return parts
}

const maxLabelLength = 200
/** A longer header of a table is left out. */
const maxHeadLength = 2_000

function labelOf(candidate: Candidate): string {
  const name = headingOf(candidate)
  return name === '' ? '' : `**${literal(shortened(name, maxLabelLength))}**\n\n`
}

function normalised(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
