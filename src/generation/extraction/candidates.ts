import type {QuotableBlock, QuotableUnit, RetrievedSource} from '../../domain/index.ts'
import {lettersAndDigits} from '../../text/letters.ts'
import {type Analysis, termsOf} from '../../text/terms.ts'
import {countWords} from '../../text/words.ts'
import {boundedUnit} from '../bounded-unit.ts'
import {type QuotedUnit, quotedUnits} from '../quoted-units.ts'
import {admonition} from './english.ts'

/** A unit that may be quoted, with where it stands. */
export interface Candidate {
  readonly unit: QuotedUnit
  readonly block: QuotableBlock
  /** The stored units that it quotes: one, or all steps of a list. */
  readonly units: readonly QuotableUnit[]
  readonly source: RetrievedSource
  /** The rank of its source's group. */
  readonly rank: number
  /** The index of its source, of its block there, and of the unit in the source. */
  readonly sourceIndex: number
  readonly blockIndex: number
  readonly index: number
  /** The heading that it is under; empty where there is none. */
  readonly heading: string
  /** The one above that; empty where there is none. */
  readonly parent: string
  readonly terms: ReadonlySet<string>
  readonly words: number
}

/** The units of all sources, in order, without repetitions; `language` makes their terms. */
export function candidatesOf(
  sources: readonly RetrievedSource[],
  language: Analysis,
  maxUnitLength: number,
): Candidate[] {
  const ranks = new Map([...new Set(sources.map(({group}) => group))].map((group, rank) => [group, rank]))
  return withoutRepetitions(
    sources.flatMap((source, sourceIndex) =>
      candidatesOfSource(source, {sourceIndex, rank: ranks.get(source.group)!, language, maxUnitLength}),
    ),
  )
}

function candidatesOfSource(
  source: RetrievedSource,
  {
    sourceIndex,
    rank,
    language,
    maxUnitLength,
  }: Pick<Candidate, 'sourceIndex' | 'rank'> & {readonly language: Analysis; readonly maxUnitLength: number},
): Candidate[] {
  const candidates: Candidate[] = []
  let subheading = ''
  let above = ''
  for (const [blockIndex, block] of source.blocks.entries()) {
    if (block.heading !== above) subheading = ''
    above = block.heading
    const label = labelLine(block, source.blocks[blockIndex + 1])
    if (label !== null) {
      subheading = label
      continue
    }
    const inner = admonition.test(block.heading) ? '' : block.heading
    const path = [source.title, ...source.headings, inner, subheading].map(withoutId)
    const [heading = '', parent = ''] = path
      .filter((name, at) => name !== '' && path.indexOf(name) === at)
      .reverse()
    for (const [at, whole] of quotedUnits(block).entries()) {
      const unit = boundedUnit(whole, maxUnitLength)
      candidates.push({
        unit,
        block,
        units: whole.kind === 'steps' ? block.units : [block.units[at]!],
        source,
        rank,
        sourceIndex,
        blockIndex,
        index: candidates.length,
        heading,
        parent,
        terms: new Set(termsOf(unit.text, language)),
        words: countWords(unit.text),
      })
    }
  }
  return candidates
}

/** Whether a unit announces what follows it: a lead-in, or a sentence that ends in a colon. */
export function announces({unit}: Candidate): boolean {
  return unit.isLeadIn || (unit.kind === 'sentence' && /[:：]\s*$/.test(unit.text))
}

/** Longest bold line and longest plain line that count as headings, in words. */
const maxBoldLineWords = 12
const maxPlainLineWords = 4

/**
 * The words of a paragraph that serves as a heading for what follows it: one bold line, or a line of few words without a
 * full stop, as the term of a definition list or the name of a flag; null for any other block.
 */
function labelLine({kind, units}: QuotableBlock, next: QuotableBlock | undefined): string | null {
  const [unit] = units
  if (kind !== 'paragraph' || units.length !== 1 || unit === undefined || unit.isLeadIn) return null
  const words = countWords(unit.text)
  const isBold = /^(?:\*\*(?=\S)[^*]+\*\*|__(?=\S)[^_]+__):?$/.test(unit.markdown.trim())
  const isPlain =
    words <= maxPlainLineWords && next?.kind === 'paragraph' && /[\p{L}\p{N}`)\]]$/u.test(unit.markdown)
  if (!(isBold && words <= maxBoldLineWords) && !isPlain) return null
  return unit.text.replace(/[:：]\s*$/, '')
}

function withoutId(heading: string): string {
  return heading
    .replace(/\s+/g, ' ')
    .replace(/\s*\{#[^{}]*\}\s*$/, '')
    .trim()
}

/** A unit with fewer letters may be in others by coincidence. */
const minContainedLength = 40

/**
 * The candidates without those that say the same as an earlier one, letter for letter, or that another one of about the same
 * rank contains: the fuller one stays.
 */
function withoutRepetitions(candidates: readonly Candidate[]): Candidate[] {
  const keys = candidates.map(({unit}) => lettersAndDigits(unit.text))
  const seen = new Set<string>()
  return candidates.filter((candidate, at) => {
    const key = keys[at]!
    if (key === '' || candidate.unit.isLeadIn) return true
    if (seen.has(key)) return false
    seen.add(key)
    if (key.length < minContainedLength) return true
    return !candidates.some(
      (other, index) =>
        index !== at &&
        other.rank <= candidate.rank + 1 &&
        keys[index]!.length > key.length &&
        keys[index]!.length < 3 * key.length &&
        keys[index]!.includes(key),
    )
  })
}
