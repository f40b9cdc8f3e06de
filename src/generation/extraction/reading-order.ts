import type {RetrievedSource} from '../../domain/index.ts'
import {shortened} from '../../lib/cut.ts'
import {literal} from '../../text/literal-markdown.ts'
import {gapAfter} from '../../text/sentences.ts'
import {countWords} from '../../text/words.ts'
import type {QuotedUnit} from '../quoted-units.ts'
import type {Candidate} from './candidates.ts'
import type {Likelihoods} from './likelihoods.ts'

/** A part of an answer: a quote, or the text between quotes. */
export interface ExtractPart {
  readonly text: string
  /** The source it is quoted from; null for text between quotes. */
  readonly source: RetrievedSource | null
  /** Its visible words, as the source has them; empty for text between quotes. */
  readonly plain: string
}

const maxLabelLength = 200
/** A longer header of a table is left out. */
const maxHeadLength = 2_000
/** Stands for what is left out between two quotes of a section. */
const omission = '…'

/**
 * What is chosen, as it is read: source by source, beginning with the one of the most likely unit, each in the order of
 * the document and under its headings. What is left out in between is marked, as in any quotation.
 */
export function inReadingOrder(chosen: ReadonlySet<Candidate>, likelihoods: Likelihoods): ExtractPart[] {
  const first = [...chosen].reduce<Candidate | null>(
    (best, one) => (best === null || likelihoods.of(one) > likelihoods.of(best) ? one : best),
    null,
  )
  const ordered = [...chosen].sort(
    (a, b) =>
      Number(b.rank === first?.rank) - Number(a.rank === first?.rank) ||
      a.sourceIndex - b.sourceIndex ||
      a.index - b.index,
  )
  return ordered.flatMap((candidate, at) => {
    const {unit, source} = candidate
    const between = textBefore(candidate, ordered[at - 1])
    const quote: ExtractPart = {text: unit.markdown, source, plain: unit.text}
    return between === '' ? [quote] : [{text: between, source: null, plain: ''}, quote]
  })
}

function textBefore(candidate: Candidate, previous: Candidate | undefined): string {
  const {unit, block} = candidate
  const head = unit.kind === 'row' && block.tableHead.length <= maxHeadLength ? `${block.tableHead}\n` : ''
  if (previous === undefined) return labelOf(candidate, undefined) + head
  if (previous.sourceIndex !== candidate.sourceIndex || previous.heading !== candidate.heading)
    return `\n\n${isSameSection(previous, candidate) ? '' : labelOf(candidate, previous)}${head}`
  const isAdjacent = candidate.index === previous.index + 1
  if (previous.blockIndex === candidate.blockIndex) {
    if (isAdjacent) return unit.kind === 'sentence' ? gapAfter(previous.unit.text) : '\n'
    return omissionBefore(unit.kind)
  }
  return isAdjacent ? `\n\n${head}` : `\n\n${omission}\n\n${head}`
}

/** The mark of what is left out within a block, as a part of the list or table that goes on. */
function omissionBefore(kind: QuotedUnit['kind']): string {
  switch (kind) {
    case 'item':
      return `\n- ${omission}\n`
    case 'row':
      return `\n| ${omission} |\n`
    case 'sentence':
      return ` ${omission} `
    default:
      return `\n\n${omission}\n\n`
  }
}

/** Whether two candidates are under one heading of one page, as a section seen from above and from itself. */
function isSameSection(one: Candidate, other: Candidate): boolean {
  return one.heading === other.heading && one.source.url === other.source.url
}

/** A shorter heading, in words, says little without the one above it, as "Example" or "Options". */
const tellingWords = 4

/** The heading of a quote, with the one above it where that is new to the reader and needed. */
function labelOf({heading, parent, source}: Candidate, previous: Candidate | undefined): string {
  if (heading === '') return ''
  const isKnown = previous !== undefined && previous.source.url === source.url && previous.parent === parent
  const isNeeded = parent !== '' && countWords(heading) < tellingWords && !isKnown
  const name = isNeeded ? `${parent} › ${heading}` : heading
  return `**${literal(shortened(name, maxLabelLength))}**\n\n`
}
