import type {QuotableBlock} from '../../domain/index.ts'

/**
 * The same blocks of a section, with lead-ins marked: a paragraph that breaks off before a list, a table or code is one,
 * also without a colon: "It is not sent when".
 */
export function withLeadIns<Block extends Omit<QuotableBlock, 'position'>>(
  blocks: readonly Block[],
): Block[] {
  return blocks.map((block, index) => {
    if (!breaksOff(block, blocks[index + 1])) return block
    const last = block.units.at(-1)!
    return {...block, units: [...block.units.slice(0, -1), {...last, isLeadIn: true}]}
  })
}

function breaksOff(
  block: Omit<QuotableBlock, 'position'>,
  next: Omit<QuotableBlock, 'position'> | undefined,
): boolean {
  if (block.kind !== 'paragraph' || next === undefined || next.kind === 'paragraph') return false
  return next.heading === block.heading && /[\p{L}\p{N}`*,—–-]$/u.test(block.units.at(-1)!.text)
}
