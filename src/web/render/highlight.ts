import type {RenderNode} from './tree.ts'

/** Highlights code as nodes with exactly the same text. */
export type Highlight = (code: string, language: string) => readonly RenderNode[]

/** A highlighter that may not be ready for a language yet: null until then. */
export type HighlightWhenReady = (code: string, language: string) => readonly RenderNode[] | null

/** Up to this length code is always highlighted anew; beyond it, short additions are first appended plain. */
const alwaysChars = 600

/** Highlights growing code. It is highlighted anew only after it grew by a quarter, so the total cost stays linear. */
export function growingHighlight(highlight: HighlightWhenReady): HighlightWhenReady {
  let last: {readonly code: string; readonly language: string; readonly nodes: readonly RenderNode[]} | null =
    null
  return (code, language) => {
    if (last !== null && last.language === language && code.startsWith(last.code)) {
      const more = code.slice(last.code.length)
      if (more === '') return last.nodes
      if (code.length > alwaysChars && more.length < last.code.length / 4) return [...last.nodes, more]
    }
    const nodes = highlight(code, language)
    last = nodes === null ? null : {code, language, nodes}
    return nodes
  }
}
