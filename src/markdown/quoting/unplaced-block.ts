import type {QuotableBlock, QuotableUnit} from '../../domain/index.ts'

/** A block whose position in its section is not known yet. */
export type UnplacedBlock = Omit<QuotableBlock, 'position'>

export function blockOf(
  kind: QuotableBlock['kind'],
  units: readonly QuotableUnit[],
  more: Partial<UnplacedBlock> = {},
): UnplacedBlock {
  return {kind, units, heading: '', tableHead: '', tableHeadText: '', isNavigation: false, ...more}
}

/** Sentences as a block; empty without any. */
export function paragraphOf(sentences: readonly QuotableUnit[]): UnplacedBlock[] {
  return sentences.length === 0 ? [] : [blockOf('paragraph', sentences)]
}
