import type {QuotableBlock, QuotableUnit} from '../domain/index.ts'
import {countWords} from '../text/words.ts'

/** The smallest thing that an answer quotes: a unit, or a whole ordered list. */
export interface QuotedUnit extends Omit<QuotableUnit, 'kind'> {
  readonly kind: QuotableUnit['kind'] | 'steps'
}

/** Longest ordered list that is quoted as a whole, in words. */
export const wholeStepsWords = 160

/**
 * The units of a block as they are quoted. A step alone would read as if it were the whole list, so only those of a long
 * list are units of their own.
 */
export function quotedUnits({kind, units}: QuotableBlock): readonly QuotedUnit[] {
  return kind === 'steps' && wordsOf(units) <= wholeStepsWords ? [wholeSteps(units)] : units
}

function wordsOf(units: readonly QuotableUnit[]): number {
  return units.reduce((sum, {text}) => sum + countWords(text), 0)
}

/** Consecutive steps as one unit. */
function wholeSteps(steps: readonly QuotableUnit[]): QuotedUnit {
  return {
    kind: 'steps',
    markdown: steps.map(({markdown}) => markdown).join('\n'),
    text: steps.map(({text}) => text).join('\n'),
    isLeadIn: false,
    startLine: steps[0]!.startLine,
    endLine: steps.at(-1)!.endLine,
  }
}
