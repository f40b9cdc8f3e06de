import {type Chip, chipNode} from './chips.ts'
import type {MarkdownStream} from './markdown-stream.ts'
import {element, type RenderNode} from './tree.ts'

/** Shows Markdown as it was written, with its citations: the stand-in where the renderer is not available. */
export function createPlainStream(): MarkdownStream {
  return {
    update: (text, chips) => [
      {nodes: [element('p', {class: 'plain'}, ...withChips(text, chips))], isPlain: false},
    ],
    colour() {},
  }
}

function withChips(text: string, chips: readonly Chip[]): RenderNode[] {
  const nodes: RenderNode[] = []
  let at = 0
  for (const chip of [...chips].sort((a, b) => a.end - b.end)) {
    if (chip.end > at) nodes.push(text.slice(at, chip.end))
    nodes.push(chipNode([chip]))
    at = Math.max(at, chip.end)
  }
  return at < text.length ? [...nodes, text.slice(at)] : nodes
}
