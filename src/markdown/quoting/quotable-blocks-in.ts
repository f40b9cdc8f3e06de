import type {QuotableBlock} from '../../domain/index.ts'
import {FlatSource} from '../flat-source.ts'
import {parseMarkdown} from '../parse-markdown.ts'
import {definitionsIn} from '../references.ts'
import {withLeadIns} from './lead-ins.ts'
import {blocksUnderHeadings} from './quotable-blocks.ts'

/** What can be quoted from plain Markdown, in order. Lines are those of the text. */
export function quotableBlocksIn(markdown: string): QuotableBlock[] {
  const root = parseMarkdown(markdown)
  const lines = markdown.split('\n').map((_, index) => index + 1)
  const source = new FlatSource(markdown, lines, definitionsIn(root))
  const blocks = withLeadIns(blocksUnderHeadings(root.children, source))
  return blocks.map((block, position) => ({...block, position}))
}
