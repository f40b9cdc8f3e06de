import {Lexer, type Token} from 'marked'
import {type Chip, spanOf} from './chips.ts'
import {growingHighlight, type Highlight, type HighlightWhenReady} from './highlight.ts'
import {type NodeOptions, nodesOf} from './nodes.ts'
import type {RenderNode} from './tree.ts'
import {closeUnfinished} from './unfinished.ts'

/** A block of the answer as nodes. The same object means that nothing has changed. */
export interface RenderedBlock {
  readonly nodes: readonly RenderNode[]
  /** Whether it has code that is not highlighted yet. */
  readonly isPlain: boolean
}

export interface MarkdownStream {
  /**
   * Returns the blocks of `text`; if it does not begin with the text before, everything is rendered anew.
   * Only the block that is being written is parsed again; finished ones keep their object.
   * @param isFinished whether it is all of what was to be written
   * @param isGrowing whether more will come; what was cut is neither finished nor growing
   */
  update(
    text: string,
    chips: readonly Chip[],
    isFinished: boolean,
    isGrowing?: boolean,
  ): readonly RenderedBlock[]
  /**
   * Highlights code from the next update on; what is plain by then, a few blocks per update. Code that `highlight` is not
   * ready for stays plain until the update after it is.
   */
  colour(highlight: HighlightWhenReady): void
}

/** Maximum amount of plain code highlighted in one update, but at least one block. */
const maxHighlightedChars = 3_000

interface SettledBlock {
  readonly token: Token
  readonly start: number
  readonly end: number
  readonly chipKey: string
  readonly rendered: RenderedBlock
}

/**
 * Renders growing Markdown as blocks; a block is settled once another one has begun.
 * Code is plain until a highlighter is set.
 */
export function createMarkdownStream(options: NodeOptions): MarkdownStream {
  let settled: SettledBlock[] = []
  let settledEnd = 0
  let known = ''
  let highlight: HighlightWhenReady | null = null
  let growing: HighlightWhenReady | null = null

  function render(
    token: Token,
    start: number,
    chips: readonly Chip[],
    highlighter: HighlightWhenReady | null,
    lastWord = '',
  ): RenderedBlock {
    let isPlain = false
    const highlightOrPlain: Highlight = (code, language) => {
      const coloured = highlighter?.(code, language) ?? null
      isPlain ||= coloured === null
      return coloured ?? [code]
    }
    const nodes = nodesOf(token, start, chips, {...options, highlight: highlightOrPlain, lastWord})
    return {nodes, isPlain}
  }

  return {
    update(input, chips, isFinished, isGrowing = true) {
      // Keeps the length, so that offsets stay valid; the lexer would replace two characters by one.
      const text = input.replace(/\r\n/g, ' \n').replace(/\r/g, '\n')
      if (!text.startsWith(known.slice(0, settledEnd))) {
        settled = []
        settledEnd = 0
      }
      known = text

      const tail = text.slice(settledEnd)
      const tokens = Lexer.lex(isFinished ? tail : closeUnfinished(tail, isGrowing), {gfm: true})
      const visible = tokens.filter(({type}) => type !== 'space' && type !== 'def')
      const last = isFinished ? null : (visible.at(-1) ?? null)
      let open: {token: Token; start: number} | null = null
      let at = settledEnd
      for (const token of tokens) {
        if (token === last) {
          open = {token, start: at}
          break
        }
        if (token.type !== 'space' && token.type !== 'def') {
          const start = at
          settled.push({
            token,
            start,
            end: start + token.raw.length,
            chipKey: '',
            rendered: render(token, start, [], highlight),
          })
        }
        at += token.raw.length
      }
      settledEnd = Math.min(at, text.length)

      const starts = [...settled.map(({start}) => start), ...(open === null ? [] : [open.start])]
      const chipsOf = (i: number): readonly Chip[] => {
        const from = i === 0 ? Number.NEGATIVE_INFINITY : starts[i]!
        const to = starts[i + 1] ?? Number.POSITIVE_INFINITY
        return chips.filter(({end}) => end > from && end <= to)
      }
      let colourable = highlight === null ? 0 : maxHighlightedChars
      settled = settled.map((block, i) => {
        const mine = chips.length === 0 ? [] : chipsOf(i)
        // The same number may refer to another source after a retry, even in the same text.
        const chipKey = mine
          .map((chip) => `${chip.n}:${spanOf(chip)} ${chip.href} ${chip.quotes?.length}`)
          .join()
        const isColoured = block.rendered.isPlain && colourable > 0
        if (isColoured) colourable -= block.end - block.start
        if (chipKey === block.chipKey && !isColoured) return block
        return {...block, chipKey, rendered: render(block.token, block.start, mine, highlight)}
      })

      const blocks = settled.map((block) => block.rendered)
      if (open !== null) {
        const mine = chips.length === 0 ? [] : chipsOf(settled.length)
        blocks.push(render(open.token, open.start, mine, growing, lastWordOf(text)))
      }
      return blocks
    },
    colour(input) {
      if (input === highlight) return
      highlight = input
      growing = growingHighlight(input)
    },
  }
}

/** Far longer than any URL. */
const maxLastWord = 4_000

function lastWordOf(text: string): string {
  return /\S*$/.exec(text.slice(-maxLastWord))![0]
}
