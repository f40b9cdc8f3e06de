import type {RenderedBlock} from '../render/markdown-stream.ts'
import type {RenderNode} from '../render/tree.ts'

const lineTags: ReadonlySet<string> = new Set([
  'p',
  'li',
  'tr',
  'pre',
  'h3',
  'h4',
  'br',
  'ul',
  'ol',
  'blockquote',
])

/** Rendered Markdown as plain text: what is read, a line for each paragraph, item and row. */
export function plainTextOf(blocks: readonly RenderedBlock[]): string {
  return blocks
    .map(({nodes}) => nodes.map(textIn).join('').replace(/\n+/g, '\n').trim())
    .filter(Boolean)
    .join('\n\n')
}

function textIn(node: RenderNode): string {
  if (typeof node === 'string') return node
  const {tag, children} = node
  // The language and the button of a code block.
  if (tag === 'figcaption') return ''
  const text = children.map(textIn).join(tag === 'tr' ? '  ' : '')
  return lineTags.has(tag) ? `\n${text}\n` : text
}
