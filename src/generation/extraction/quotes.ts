import {wholeStepsWords} from '../quoted-units.ts'
import type {Candidate} from './candidates.ts'
import {pointsBack, pointsElsewhere} from './english.ts'

/** A paragraph of at most this many words is quoted whole. */
const wholeParagraphWords = 60
/** A paragraph with at most this many words left is finished. */
const remainderWords = 25
/** A list of at most this many items and words is quoted whole: a single item would read as if it were the whole list. */
const wholeListItems = 40
const wholeListWords = 110
/** Of a longer list that a lead-in announces, at most this many items are quoted with it, as far as they have so many words. */
const announcedItems = 8
const announcedWords = 110
/** A paragraph of at most this many words right before a list introduces it, whatever it ends with. */
const listIntroductionWords = 40
/** Longest sentence that is quoted because another one refers to it. */
const antecedentWords = 40
/** Longest paragraph before code or a list that is quoted whole with it. */
const introductionWords = 35
/** Longest code that is quoted because the paragraph before it is, and because a list announces it. */
const followingCodeLines = 24
const announcedCodeLines = 30

/** Finds the units that are quoted together with a unit, so that they can be read without the rest. */
export class Quotes {
  readonly #blocks: ReadonlyMap<string, readonly Candidate[]>

  constructor(candidates: readonly Candidate[]) {
    const blocks = new Map<string, Candidate[]>()
    for (const candidate of candidates) {
      const key = keyOf(candidate.sourceIndex, candidate.blockIndex)
      const block = blocks.get(key)
      if (block === undefined) blocks.set(key, [candidate])
      else block.push(candidate)
    }
    this.#blocks = blocks
  }

  /**
   * The quote around a unit, in order: the whole of a short paragraph or list, the sentence that a pronoun refers to, a
   * lead-in with what it announces, the code that a sentence is about.
   */
  around(seed: Candidate): readonly Candidate[] {
    const quote = new Set(seed.unit.kind === 'sentence' ? this.#paragraphQuote(seed) : this.#blockQuote(seed))
    return [...quote].sort((one, other) => one.index - other.index)
  }

  #blockAt(of: Candidate, offset = 0): readonly Candidate[] {
    const block = this.#blocks.get(keyOf(of.sourceIndex, of.blockIndex + offset)) ?? []
    return block[0]?.heading === of.heading ? block : []
  }

  #paragraphQuote(seed: Candidate): Candidate[] {
    const block = this.#blockAt(seed)
    const {from, to} = sentencesAround(seed, block)
    const sentences = block.slice(from, to)
    const first = sentences[0]!
    const last = sentences.at(-1)!
    const before = from === 0 && pointsBack.test(first.unit.text) ? this.#antecedentOf(first) : []
    const endsBlock = to === block.length
    if (endsBlock && last.unit.isLeadIn) {
      const announced = this.#announcedBy(last)
      if (announced.length > 0 || last === seed) return [...before, ...sentences, ...announced]
      return [...before, ...(sentences.length > 1 ? sentences.slice(0, -1) : sentences)]
    }
    return [...before, ...sentences, ...(endsBlock ? this.#after(last, sentences) : [])]
  }

  /** The last sentence of the paragraph before. */
  #antecedentOf(sentence: Candidate): Candidate[] {
    const before = this.#blockAt(sentence, -1).at(-1)
    return before?.unit.kind === 'sentence' && before.words <= antecedentWords ? [before] : []
  }

  /** What a lead-in announces: a list as far as it is short, steps with those that continue them, code. */
  #announcedBy(leadIn: Candidate): readonly Candidate[] {
    const next = this.#blockAt(leadIn, 1)
    const [first] = next
    if (first === undefined) return []
    const announced = first.unit.kind === 'steps' ? this.#stepsWith(first) : next
    const shown = isShortList(announced) ? announced : beginningOf(announced)
    const last = shown.at(-1)!
    return [...shown, ...this.#codeAnnouncedBy(last, this.#blockAt(last))]
  }

  /** What belongs to a paragraph behind it: short code, or a short list that it introduces. */
  #after(last: Candidate, paragraph: readonly Candidate[]): readonly Candidate[] {
    const next = this.#blockAt(last, 1)
    const kind = next[0]?.unit.kind
    const isIntroduced = (kind === 'item' || kind === 'steps') && wordsOf(paragraph) <= listIntroductionWords
    return isIntroduced && isShortList(next) ? next : this.#codeAfter(last)
  }

  /** Code of at most so many lines right behind a block. */
  #codeAfter(sentence: Candidate, maxLines: number = followingCodeLines): readonly Candidate[] {
    const next = this.#blockAt(sentence, 1)
    const [code] = next
    return code?.unit.kind === 'code' && linesOf(code) <= maxLines ? next : []
  }

  /** Steps with those that their numbers continue, across code between them, where all are short; the unit alone otherwise. */
  #stepsWith(seed: Candidate): readonly Candidate[] {
    if (seed.unit.kind !== 'steps') return [seed]
    const all = [...this.#stepsBeside(seed, -1).reverse(), seed, ...this.#stepsBeside(seed, 1)]
    return wordsOf(all) <= wholeStepsWords ? all : [seed]
  }

  /** The code and steps before or after steps, in this direction, as far as the numbers continue. */
  #stepsBeside(from: Candidate, direction: 1 | -1): Candidate[] {
    const [code] = this.#blockAt(from, direction)
    const [steps] = this.#blockAt(from, 2 * direction)
    if (code?.unit.kind !== 'code' || steps?.unit.kind !== 'steps') return []
    const [first, second] = direction === 1 ? [from, steps] : [steps, from]
    if (firstNumber(second) !== lastNumber(first) + 1) return []
    return [code, steps, ...this.#stepsBeside(steps, direction)]
  }

  /** The code behind a list whose last item announces it. */
  #codeAnnouncedBy(last: Candidate, block: readonly Candidate[]): readonly Candidate[] {
    const announces = last.unit.kind !== 'code' && last === block.at(-1) && /[:：]\s*$/.test(last.unit.text)
    return announces ? this.#codeAfter(last, announcedCodeLines) : []
  }

  #blockQuote(seed: Candidate): Candidate[] {
    const block = this.#blockAt(seed)
    const listed = seed.unit.kind === 'item' && isShortList(block) ? block : this.#stepsWith(seed)
    const last = listed.at(-1)!
    const own = [...listed, ...this.#codeAnnouncedBy(last, this.#blockAt(last))]
    const lead = this.#blockAt(own[0]!, -1).at(-1)
    // Code needs a sentence about it; a list or a table can be read alone unless it has a lead-in.
    const isIntroduced =
      lead?.unit.kind === 'sentence' &&
      (lead.unit.isLeadIn || (seed.unit.kind === 'code' && lead.words <= antecedentWords))
    if (!isIntroduced) return own
    const paragraph = this.#blockAt(lead)
    if (wordsOf(paragraph) <= introductionWords) return [...paragraph, ...own]
    if (!pointsBack.test(lead.unit.text)) return [lead, ...own]
    const {from, to} = sentencesAround(lead, paragraph)
    return [...paragraph.slice(from, to), ...own]
  }
}

/** The sentences of a paragraph that are quoted with one of them: `[from, to)`. */
function sentencesAround(
  seed: Candidate,
  block: readonly Candidate[],
): {readonly from: number; readonly to: number} {
  const at = block.indexOf(seed)
  if (wordsOf(block) <= wholeParagraphWords) {
    return {from: isFragment(block[0]) && at > 0 ? 1 : 0, to: withoutReferences(block, at)}
  }
  let from = at
  while (
    from > 0 &&
    (pointsBack.test(block[from]!.unit.text) || wordsOf(block.slice(0, from)) <= 20) &&
    !isFragment(block[from - 1])
  )
    from--
  let to = at + 1
  while (to < block.length && wordsOf(block.slice(from, to)) < 12) to++
  if (wordsOf(block.slice(to)) <= remainderWords) to = withoutReferences(block, at)
  // A lead-in at the end is quoted with what it announces, or not at all.
  if (to < block.length && to - 1 > at && block[to - 1]!.unit.isLeadIn) to--
  return {from, to}
}

/** The end of a paragraph without sentences at its end that refer to other pages. */
function withoutReferences(block: readonly Candidate[], seed: number): number {
  let to = block.length
  while (to - 1 > seed && pointsElsewhere.test(block[to - 1]!.unit.text)) to--
  return to
}

/** The end of a sentence that began in another passage. */
function isFragment(candidate: Candidate | undefined): boolean {
  return candidate?.index === 0 && candidate.words < 6 && /^\p{Ll}/u.test(candidate.unit.text)
}

function firstNumber({unit}: Candidate): number {
  return Number(/^(\d+)[.)]/.exec(unit.markdown)?.[1] ?? Number.NaN)
}

function lastNumber({unit}: Candidate): number {
  return Number([...unit.markdown.matchAll(/^(\d+)[.)] /gm)].at(-1)?.[1] ?? Number.NaN)
}

/** The first items of a long list, at least one. */
function beginningOf(list: readonly Candidate[]): readonly Candidate[] {
  let count = 1
  while (count < announcedItems && wordsOf(list.slice(0, count + 1)) <= announcedWords) count++
  return list.slice(0, count)
}

function isShortList(block: readonly Candidate[]): boolean {
  return block.length <= wholeListItems && wordsOf(block) <= wholeListWords
}

export function wordsOf(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, {words}) => sum + words, 0)
}

export function linesOf({unit}: Candidate): number {
  return unit.text.split('\n').length
}

function keyOf(sourceIndex: number, blockIndex: number): string {
  return `${sourceIndex}/${blockIndex}`
}
