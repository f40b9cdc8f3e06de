import type {RenderNode} from './tree.ts'

/** Code as coloured nodes, which hold the very same text. */
export type Highlight = (code: string, language: string) => readonly RenderNode[]

/** A little more code than was coloured last is shown plain behind it; up to this length all is coloured each time. */
const alwaysChars = 600

/** Colours code that grows. What is coloured each time grows with it, so that the whole costs little more than once. */
export function growingHighlight(highlight: Highlight): Highlight {
  let last: {readonly code: string; readonly language: string; readonly nodes: readonly RenderNode[]} | null =
    null
  return (code, language) => {
    if (last !== null && last.language === language && code.startsWith(last.code)) {
      const more = code.slice(last.code.length)
      if (more === '') return last.nodes
      if (code.length > alwaysChars && more.length < last.code.length / 4) return [...last.nodes, more]
    }
    last = {code, language, nodes: highlight(code, language)}
    return last.nodes
  }
}
