import type {QuotableBlock, QuotableUnit} from '../domain/index.ts'

/** What an answer quotes in one go: a unit, or a whole ordered list. */
export interface QuotedUnit extends Omit<QuotableUnit, 'kind'> {
  readonly kind: Exclude<QuotableUnit['kind'], 'step'> | 'steps'
}

/** The units of a block as they are quoted. One step alone would read as if it were all. */
export function quotedUnits(block: QuotableBlock): QuotedUnit[] {
  const {kind, units} = block
  return kind === 'steps' ? [wholeSteps(units)] : (units as readonly QuotedUnit[]).slice()
}

/** Steps next to each other as one. */
export function wholeSteps(steps: readonly QuotableUnit[]): QuotedUnit {
  return {
    kind: 'steps',
    markdown: steps.map(({markdown}) => markdown).join('\n'),
    text: steps.map(({text}) => text).join('\n'),
    isLeadIn: false,
    startLine: steps[0]!.startLine,
    endLine: steps.at(-1)!.endLine,
  }
}
