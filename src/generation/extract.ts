import type {QuotableBlock, RetrievedSource} from '../domain/index.ts'
import {shortened} from '../lib/cut.ts'
import {literal} from '../text/literal-markdown.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {termsOf, tokensOf} from '../text/terms.ts'
import {countWords} from '../text/words.ts'
import {boundedUnit} from './bounded-unit.ts'
import {type QuotedUnit, quotedUnits} from './quoted-units.ts'

export interface ExtractOptions {
  /** Words of prose at most, about; what would pass it by far is left out. Default 126. */
  readonly words?: number
  /** Lines of code at most, over all blocks. Default 48. */
  readonly codeLines?: number
  /** UTF-16 units at most, about; a single thing that is longer is cut. Default 8,000. */
  readonly characters?: number
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
  rank: 0.85,
  /** The power of a source's score, as a share of the best one's, that its units are weighed by. */
  sourceScore: 0.75,
  /** A match inside code, against one in words. */
  code: 0.65,
  /** The same in code that shows data or output, which may hold a question word for word and answer nothing. */
  shown: 0.25,
  /** What the words that announce a piece of code, or stand before it, lend it. */
  announced: 0.8,
  /** A question's word in the section's own heading, against one in the unit itself. */
  ownHeading: 0.5,
  /** The same in its page's title and the headings above. */
  heading: 0.25,
  /** The unit overlaps the snippet, which retrieval chose by meaning as well as by words. */
  snippet: 0.7,
  /** The first units of a section tend to say what it is about. */
  opening: 0.15,
  /** Standing beside a unit that fits. */
  neighbour: 0.7,
  /** What is taken off for words that the answer has already. */
  repetition: 0.35,
  /** Code, steps and instructions, when the question asks how. */
  howTo: 0.25,
  /** A sentence that says what the thing asked about is, when the question asks that. */
  definition: 0.3,
  /** A sentence with most of the question's words, when the question wants a yes or a no. */
  statement: 0.15,
  /** What a unit must reach of the best one's score to be worth its length. */
  floor: 0.45,
  /** The same for a unit of another source that adds much of the question. */
  floorElsewhere: 0.65,
  /** The same for one that adds nothing. */
  floorWithoutNews: 0.9,
}

export type ExtractWeights = typeof defaultWeights

const maxCodeBlocks = 3
const maxSources = 3
/** Share of the question's weight that a second source must add to be worth reading as soon as it may. */
const newsShare = 0.2
/** Shares of the question's weight in words that no source has: from which on one source is enough, and fewer words. */
const unknownForOneSource = 0.4
const unknownForFewWords = 0.6
/** A paragraph of so many words is quoted whole. */
const wholeParagraphWords = 47
/** A list of so many items and words is quoted whole: one item of it would read as if it were all. */
const wholeListItems = 8
const wholeListWords = 95

interface Candidate {
  readonly unit: QuotedUnit
  readonly block: QuotableBlock
  readonly source: RetrievedSource
  /** Where its source's group stands among the groups, which is its rank; then its source, its block, its place in the source. */
  readonly rank: number
  readonly sourceIndex: number
  readonly blockIndex: number
  readonly index: number
  readonly terms: ReadonlySet<string>
  readonly words: number
  /** The share of the question's weight that its own words hold. */
  match: number
  score: number
}

/**
 * The parts of the sources that answer a question best, in a readable order: the one that holds the best sentence,
 * step or code first, then the rest as the documents have it. Short where little more has to do with the question.
 * No text twice. Empty only when the sources hold no words.
 *
 * A greedy choice by marginal gain, in the manner of maximal marginal relevance (Carbonell and Goldstein, 1998), of
 * runs that can be read alone.
 */
export function extract(
  question: string,
  sources: readonly RetrievedSource[],
  options: ExtractOptions = {},
): ExtractPart[] {
  const {words: mostWords = 126, codeLines: codeBudget = 48, characters: characterBudget = 8_000} = options
  const weights = {...defaultWeights, ...options.weights}
  const ranks = ranksOf(sources)
  const bySource = sources.map((source, index) =>
    candidatesOf(source, index, ranks.get(source.group)!, characterBudget / 2),
  )
  const candidates = bySource.flat()
  if (candidates.length === 0) return []
  const asked = askedOf(question, candidates)
  scoreAll(asked, candidates, weights)
  // What no source has a word of, more words will not answer.
  const wordBudget = asked.unknown > unknownForFewWords ? mostWords * 0.6 : mostWords
  const sourceBudget = asked.unknown > unknownForOneSource ? 1 : maxSources

  const chosen = new Set<Candidate>()
  const covered = new Set<string>()
  const told = new Set<string>()
  const seen: string[] = []
  let words = 0
  let characters = 0
  let codeLines = 0
  let codeBlocks = 0

  const isSaid = (key: string): boolean =>
    seen.some((text) => text.includes(key) || (key.includes(text) && text.length > 40))

  /** Takes what can be read alone around a candidate, or nothing. */
  const take = (seed: Candidate): boolean => {
    const run = runAround(seed, bySource[seed.sourceIndex] ?? []).filter(
      (candidate) => !chosen.has(candidate) && !isSaid(normalised(candidate.unit.text)),
    )
    // Without the unit that it was made for, or with nothing else, a run is only what stood around it.
    if (!run.includes(seed)) return false
    const prose = run.filter(({unit}) => unit.kind !== 'code').reduce((sum, unit) => sum + unit.words, 0)
    const length = run.reduce((sum, {unit}) => sum + unit.markdown.length, 0)
    const code = run.filter(({unit}) => unit.kind === 'code')
    const lines = code.reduce((sum, {unit}) => sum + unit.text.split('\n').length, 0)
    // The first choice may be a long list of steps; it is the answer.
    if (prose > 0 && words + prose > wordBudget * (chosen.size === 0 ? 1.7 : 1.1)) return false
    if (characters + length > characterBudget) return false
    if (code.length > 0 && (codeLines + lines > codeBudget || codeBlocks + code.length > maxCodeBlocks))
      return false
    for (const candidate of run) {
      chosen.add(candidate)
      seen.push(normalised(candidate.unit.text))
      for (const term of candidate.terms) covered.add(term)
      for (const term of asked.rarity.keys()) {
        if (candidate.terms.has(term) || asked.named(candidate).has(term)) told.add(term)
      }
    }
    words += prose
    characters += length
    codeLines += lines
    codeBlocks += code.length
    return true
  }

  const pool = new Set(candidates.toSorted((one, other) => other.score - one.score))
  const taken = new Set<number>()
  const best = Math.max(...candidates.map(({score}) => score))
  const bestMatch = Math.max(...candidates.map(({match}) => match))
  while (pool.size > 0 && words < wordBudget) {
    let next: Candidate | null = null
    let nextGain = Number.NEGATIVE_INFINITY
    for (const candidate of pool) {
      // A gain is at most the score, and the pool is in the order of scores.
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
      if (isSignpost(next)) continue
      // What is far weaker than the best adds length, not an answer; a very short extract may still go on.
      if (nextGain < best * weights.floor * (words < wordBudget / 4 ? 0.6 : 1)) break
      if (!taken.has(next.rank)) {
        if (taken.size >= sourceBudget) continue
        let news = 0
        for (const [term, weight] of asked.rarity) {
          if (next.terms.has(term) && !told.has(term)) news += weight
        }
        // A second source must say something of its own about the question, in its own words.
        const share = Math.min(1, news / asked.total / newsShare)
        const needed = weights.floorWithoutNews - (weights.floorWithoutNews - weights.floorElsewhere) * share
        if (next.score < best * needed || next.match < bestMatch * 0.5) continue
      }
    }
    if (take(next)) taken.add(next.rank)
  }
  // Everything was too long by itself: the best that is not, however long.
  if (chosen.size === 0) {
    const first = candidates.reduce((one, other) => (other.score > one.score ? other : one))
    chosen.add(first)
  }

  for (const candidate of chosen) if (leadsNowhere(candidate, chosen)) chosen.delete(candidate)
  return inReadingOrder(chosen)
}

/** Announces something that was not chosen. The only unit stays: better an announcement than nothing. */
function leadsNowhere(candidate: Candidate, chosen: ReadonlySet<Candidate>): boolean {
  if (!candidate.unit.isLeadIn || chosen.size === 1) return false
  for (const other of chosen) {
    if (other.sourceIndex !== candidate.sourceIndex) continue
    if (other.index === candidate.index + 1 || other.blockIndex === candidate.blockIndex + 1) return false
  }
  return true
}

/** By group: where it stands among the groups. */
function ranksOf(sources: readonly RetrievedSource[]): ReadonlyMap<string, number> {
  return new Map([...new Set(sources.map(({group}) => group))].map((group, rank) => [group, rank]))
}

function candidatesOf(
  source: RetrievedSource,
  sourceIndex: number,
  rank: number,
  longestUnit: number,
): Candidate[] {
  let index = 0
  return source.blocks.flatMap((block, blockIndex) =>
    quotedUnits(block).map((whole) => {
      const unit = boundedUnit(whole, longestUnit)
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

/** What a question asks for, as far as its words tell. */
interface Asked {
  /** Its telling terms and how rare each is among the units at hand. */
  readonly rarity: ReadonlyMap<string, number>
  readonly total: number
  /** The share of the total in words that no source has. */
  readonly unknown: number
  readonly wants: {
    readonly how: boolean
    readonly what: boolean
    readonly yesOrNo: boolean
    readonly figure: boolean
  }
  /** The terms of the heading that a candidate stands under. */
  named(candidate: Candidate): ReadonlySet<string>
}

const asksHow =
  /\b(?:(?:can|could) (?:i|we|you)|is it possible|how(?! (?:long|many|much|often|fast|big|large|old|far)\b)|steps?|create|set ?up|install|configure|enable|run|deploy|add|change|write|example|command)\b/i
const asksFigure =
  /\b(?:how (?:long|many|much|often|fast|big|large|old|far)|limit|maximum|minimum|default)\b/i
const asksWhat = /^\W*(?:what(?:'s| is| are| does \S+ mean)|who is|define|explain|describe)\b/i
const asksYesOrNo =
  /^\W*(?:can|could|does|do|did|is|are|was|will|would|should|may|must|has|have|am)\b(?! not sure)/i

/** Words that say little, but turn what is said. */
const turning: ReadonlySet<string> = new Set(
  ['off', 'without', 'before', 'after', 'between', 'only', 'all', 'every', 'until'].flatMap(termsOf),
)

function askedOf(question: string, candidates: readonly Candidate[]): Asked {
  const all = [...new Set(termsOf(question))]
  const telling = all.filter((term) => !isStopTerm(term))
  const terms = telling.length > 0 ? [...telling, ...all.filter((term) => turning.has(term))] : all
  // Parts of a name that no source has are words by chance: the "open" of `OpenAI` is said of doors as well.
  const isHad = (term: string): boolean => candidates.some((candidate) => candidate.terms.has(term))
  const byChance = new Set(
    tokensOf(question).flatMap(({start, end, terms: [whole, ...parts]}) =>
      whole && /^[\p{L}\p{N}]+$/u.test(question.slice(start, end)) && !isHad(whole) ? parts : [],
    ),
  )
  // Rarity among the units at hand: a word that all of them have tells nothing apart.
  const rarity = new Map(
    terms.map((term) => {
      const having = candidates.filter((candidate) => candidate.terms.has(term)).length
      const weight = Math.log(1 + (candidates.length - having + 0.5) / (having + 0.5))
      return [term, weight * (turning.has(term) ? 0.75 : byChance.has(term) ? 0.25 : 1)] as const
    }),
  )
  const headings = new Map<string, ReadonlySet<string>>()
  const sumOf = (some: readonly (readonly [string, number])[]): number =>
    some.reduce((sum, [, weight]) => sum + weight, 0)
  const total = sumOf([...rarity]) || 1
  const inHeadings = new Set(
    candidates
      .filter(({index}) => index === 0)
      .flatMap(({source}) => termsOf([source.title, ...source.headings].join(' '))),
  )
  const isUnknown = (term: string): boolean => !inHeadings.has(term) && !isHad(term)
  return {
    rarity,
    total,
    unknown: sumOf([...rarity].filter(([term]) => isUnknown(term))) / total,
    wants: {
      how: asksHow.test(question),
      what: asksWhat.test(question) || terms.length <= 3,
      yesOrNo: asksYesOrNo.test(question),
      figure: asksFigure.test(question),
    },
    named(candidate) {
      const heading = headingOf(candidate)
      const known = headings.get(heading) ?? new Set(termsOf(heading))
      headings.set(heading, known)
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

function scoreAll(asked: Asked, candidates: readonly Candidate[], weights: ExtractWeights): void {
  const {rarity, total, wants} = asked
  const terms = [...rarity.keys()]
  const above = new Map<RetrievedSource, ReadonlySet<string>>()
  const snippets = new Map<RetrievedSource, ReadonlySet<string>>()
  const own: number[] = []

  candidates.forEach((candidate, at) => {
    const {source, unit} = candidate
    if (!above.has(source)) {
      above.set(source, new Set(termsOf([source.title, ...source.headings].join(' '))))
      snippets.set(source, new Set(termsOf(source.snippet)))
    }
    const named = asked.named(candidate)
    const aboveIt = above.get(source) ?? none
    let match = 0
    let context = 0
    for (const [term, weight] of rarity) {
      if (candidate.terms.has(term)) match += weight
      else if (named.has(term)) context += weight * weights.ownHeading
      else if (aboveIt.has(term)) context += weight * weights.heading
    }
    candidate.match = match / total
    let score = (match + context) / total
    if (unit.kind === 'code') {
      const weight = isShown(unit) ? weights.shown : weights.code
      candidate.match *= weight
      score = (match * weight + context) / total
      const before = candidates[at - 1]
      const lead = before?.sourceIndex === candidate.sourceIndex ? (own[at - 1] ?? 0) : 0
      if (before?.unit.kind === 'sentence') score = Math.max(score, weights.announced * lead)
      // What a program printed, or what goes over a wire, is seldom the answer.
      if (isShown(unit) || announcesOutput.test(before?.unit.text ?? '')) score *= 0.5
    }
    // A handful of words that match by chance is not a sentence that answers.
    if (candidate.terms.size < 5 && unit.kind !== 'code' && !candidate.unit.isLeadIn) score *= 0.6
    const inSnippet = shareOf(candidate.terms, snippets.get(source) ?? none) ** 2
    score += weights.snippet * inSnippet * (match === 0 ? 0.4 : 1)
    if (unit.kind !== 'row') score += weights.opening / (1 + candidate.index)
    else if (match === 0) score = 0
    if (wants.how && (unit.kind === 'steps' || (unit.kind === 'code' && !isShown(unit))))
      score += weights.howTo * Math.min(1, score)
    if (/[?？]$/.test(unit.text)) score *= 0.5
    if (isSignpost(candidate)) score *= 0.15
    if (unit.kind === 'sentence') {
      if (isLabel(candidate)) score *= 0.4
      if (announcesOutput.test(unit.text)) score *= 0.5
      if (pointsElsewhere.test(unit.text) || speaksOfItself.test(unit.text)) score *= 0.4
      // It speaks of something that is not in this passage.
      if (candidate.index === 0 && pointsBack.test(unit.text)) score *= 0.6
      if (wants.how && instructs.test(unit.text)) score += weights.howTo * 0.8 * Math.min(1, score)
      if (wants.what && defines(candidate, terms)) score += weights.definition
      if (wants.yesOrNo && match / total >= 0.6) score += weights.statement
    }
    if (wants.figure && match > 0 && /\d/.test(unit.text)) score += weights.statement * 0.5
    // One item of many that has no word of the question was met by chance.
    if (unit.kind === 'item' && match + context === 0) score *= 0.5
    own.push(score)
  })

  const bestSource = Math.max(...candidates.map(({source}) => source.score))
  const shareOfBest = ({score}: RetrievedSource): number =>
    bestSource > 0 ? Math.min(1, Math.max(0.05, score / bestSource)) : 1
  // What stands among units that fit fits better itself: an answer is seldom one sentence long.
  candidates.forEach((candidate, at) => {
    let beside = 0
    for (const [offset, share] of vicinity) {
      const other = candidates[at + offset]
      if (other?.sourceIndex !== candidate.sourceIndex) continue
      beside += (own[at + offset] ?? 0) * share * (other.blockIndex === candidate.blockIndex ? 1 : 0.7)
    }
    // A row stands for itself: the one above it is about something else. So do the items of most lists.
    if (candidate.unit.kind === 'row') beside = 0
    if (candidate.unit.kind === 'item') beside /= 2
    // Good company makes no sentence of a label, and no answer of a reference.
    const {unit} = candidate
    if (unit.kind === 'sentence' && (isLabel(candidate) || pointsElsewhere.test(unit.text))) beside *= 0.3
    const standing = weights.rank ** candidate.rank * shareOfBest(candidate.source) ** weights.sourceScore
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

/** A line of a few words without a full stop: a heading in disguise. */
function isLabel({unit, words}: Candidate): boolean {
  return !unit.isLeadIn && words < 12 && !/[.!?。！？:)"”]$/.test(unit.text)
}

/** The end of a sentence that began in another passage. */
function isFragment(candidate: Candidate | undefined): boolean {
  return candidate?.index === 0 && candidate.words < 6 && /^\p{Ll}/u.test(candidate.unit.text)
}

const announcesOutput = /^(?:the |sample |example |expected )*(?:output|result|response)s?\b[^.]*:$/i

/** Code that shows what is sent or printed, not what to type. */
function isShown({markdown, text}: QuotedUnit): boolean {
  return (
    /^`{3,}(?:none|text|txt|output|plaintext|json|console-output|log)\n/i.test(markdown) ||
    /^\s*[{[]/.test(text)
  )
}

function isSignpost(candidate: Candidate): boolean {
  return candidate.block.isNavigation || signpost.test(headingOf(candidate))
}

/** Headings over lists of what else there is. */
const signpost =
  /^(?:what'?s next|next steps?|see also|where (?:do i|to) go|further reading|related\b|learn more|more (?:information|resources)|additional resources|references?$|resources$|in this (?:page|section|guide))/i

/** Sends the reader on instead of answering. */
const pointsElsewhere =
  /^(?:please )?(?:also )?(?:for (?:more|further|additional|full|complete|other|a complete|a full|details)\b|see\b|to learn\b|refer to\b|read\b|learn more|check out\b|visit\b|you can (?:also )?(?:read|find|learn) more)/i

/** Says what the page is for, not what the reader asks for. */
const speaksOfItself =
  /^(?:(?:in )?this (?:page|guide|section|tutorial|topic|document|chapter|article|exercise)\b|the following (?:section|topic|page)s?\b)/i

/** Tells the reader to do something. */
const instructs =
  /^(?:to \w+|if you|(?:then |now |first,? |next,? )?(?:set|use|run|add|create|open|install|put|click|go to|select|choose|enable|disable|start|stop|call|send|pass|write|make|give|ask|type|enter|copy|download|configure|define|specify|change|edit|remove|delete|apply|connect|import)\b)/i

/** Says what the thing asked about is: its words, then a verb that defines. */
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

/** How much of `terms` is in `others`, 0 to 1. */
function shareOf(terms: ReadonlySet<string>, others: ReadonlySet<string>): number {
  if (terms.size === 0) return 0
  let shared = 0
  for (const term of terms) if (others.has(term)) shared += 1
  return shared / terms.size
}

/** Begins with a word that points at the sentence before, or goes on with its thought. */
const pointsBack =
  /^(?:it|its|this|that|these|those|they|them|their|such|he|she|however|otherwise|then|also|and|but|so|both|else|either|neither|instead|therefore|thus|hence|similarly|likewise|additionally|furthermore|moreover|conversely|nevertheless|afterwards|alternatively|for (?:example|instance)|in (?:this|that|these|those|such|some of those) |in (?:addition|other words)|as a result|as such|to (?:do|solve|avoid|fix) (?:this|so|that)|by doing (?:so|this)|after (?:that|this)|on the other hand|more specifically|the (?:former|latter|above|same)|another|one of (?:these|them))\b/i

/**
 * What is quoted together with a unit, so that it can be read without the rest: the whole of a short paragraph, the
 * sentence that a pronoun points at, what announces a list or code, what an announcement announces.
 */
function runAround(seed: Candidate, inSource: readonly Candidate[]): Candidate[] {
  const run = new Set<Candidate>([seed])
  const blockAt = (blockIndex: number): readonly Candidate[] =>
    inSource.filter(
      (candidate) => candidate.blockIndex === blockIndex && candidate.block.heading === seed.block.heading,
    )

  const takeParagraph = (sentence: Candidate, minWords: number): void => {
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
    // What stands at the end and announces something goes with that, or is left.
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
    takeParagraph(seed, 12)
    if (seed.unit.isLeadIn) {
      const next = blockAt(seed.blockIndex + 1)
      if (seed === blockAt(seed.blockIndex).at(-1))
        for (const candidate of next.slice(0, 6)) run.add(candidate)
    }
    return [...run]
  }

  const block = blockAt(seed.blockIndex)
  const lead = blockAt(seed.blockIndex - 1).at(-1)
  const isAnnounced = lead?.unit.isLeadIn ?? false
  if (seed.unit.kind === 'item') {
    const isShort =
      block.length <= wholeListItems && block.reduce((sum, {words}) => sum + words, 0) <= wholeListWords
    for (const candidate of block)
      if (isShort && (isAnnounced || candidate.score >= seed.score * 0.6)) run.add(candidate)
  }
  // Code without a word about it is a riddle; a list or a table stands alone unless it was announced.
  if (
    lead?.unit.kind === 'sentence' &&
    (lead.unit.isLeadIn || (seed.unit.kind === 'code' && lead.words <= 40))
  ) {
    const paragraph = blockAt(lead.blockIndex)
    if (paragraph.reduce((sum, {words}) => sum + words, 0) <= 35)
      for (const candidate of paragraph) run.add(candidate)
    else if (pointsBack.test(lead.unit.text)) takeParagraph(lead, 0)
    else run.add(lead)
  }
  return [...run]
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
  const leadScore = Math.max(...all.map(({score}) => score))
  for (let block = lead.blockIndex - 1; blocks.has(block); block--) {
    const strongest = Math.max(
      ...all
        .filter((one) => one.sourceIndex === lead.sourceIndex && one.blockIndex === block)
        .map(({score}) => score),
    )
    const announces = all.some(
      (one) =>
        one.blockIndex === block && one.sourceIndex === lead.sourceIndex && one.unit.kind === 'sentence',
    )
    if (!announces && strongest < leadScore * 0.8) break
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
    let between = sameBlock ? (kind === 'sentence' ? ' ' : '\n') : previous ? '\n\n' : ''
    // Another section begins with its name, so that its words are not read as going on with the one before.
    // So does a first one that cannot be read without: code, a row, words that point at something before.
    const needsName = previous
      ? previous.sourceIndex !== candidate.sourceIndex || previous.block.heading !== candidate.block.heading
      : kind === 'code' || kind === 'row' || pointsBack.test(candidate.unit.text)
    if (needsName) between += labelOf(candidate)
    if (!sameBlock && kind === 'row' && candidate.block.tableHead.length <= maxHeadLength)
      between += `${candidate.block.tableHead}\n`
    // Words left out between two sentences of a paragraph are marked, as in any quotation.
    if (sameBlock && kind === 'sentence' && previous && candidate.index !== previous.index + 1)
      between = ' … '
    if (between) parts.push({text: between, source: null, plain: ''})
    parts.push({text: candidate.unit.markdown, source: candidate.source, plain: candidate.unit.text})
    previous = candidate
  }
  return parts
}

const maxLabelLength = 200
/** A table's header is left out from this length on. */
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
