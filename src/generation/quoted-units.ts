import type {QuotableBlock, QuotableUnit} from '../domain/index.ts'

/** The smallest thing that an answer quotes: a unit, or a whole ordered list. */
export interface QuotedUnit extends Omit<QuotableUnit, 'kind'> {
  readonly kind: Exclude<QuotableUnit['kind'], 'step'> | 'steps'
}

/** The units of a block as they are quoted. A step alone would read as if it were the whole list. */
export function quotedUnits({kind, units}: QuotableBlock): readonly QuotedUnit[] {
  return kind === 'steps' ? [wholeSteps(units)] : (units as readonly QuotedUnit[])
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
