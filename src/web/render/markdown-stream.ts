import {Lexer, type Token} from 'marked'
import {growingHighlight, type Highlight} from './highlight.ts'
import {type Chip, type NodeOptions, nodesOf, spanOf} from './nodes.ts'
import type {RenderNode} from './tree.ts'
import {mended} from './unfinished.ts'

/** A block of the answer, ready to be drawn. The same object means: nothing changed. */
export interface DrawnBlock {
  readonly nodes: readonly RenderNode[]
  /** Has code in it that would be coloured, and is not yet. */
  readonly isPlain: boolean
}

export interface MarkdownStream {
  /**
   * The blocks of `text`, which must begin with the text given before (else everything is drawn anew).
   * Only the block that is being written is read again; finished ones keep their object.
   */
  update(text: string, chips: readonly Chip[], isFinished: boolean): readonly DrawnBlock[]
  /**
   * From the next update on, code is coloured. What stands there plain is coloured a few blocks with each update.
   */
  colour(highlight: Highlight): void
}

/** So much code that stands there plain is coloured with one update, and at least one block. */
const colouredChars = 3_000

interface SettledBlock {
  readonly token: Token
  readonly start: number
  readonly end: number
  readonly chipKey: string
  readonly drawn: DrawnBlock
}

/**
 * Markdown that grows, as blocks; a block is settled once another has begun behind it.
 * Code is plain until there is something to colour it with.
 */
export function createMarkdownStream(options: NodeOptions): MarkdownStream {
  let settled: SettledBlock[] = []
  let settledEnd = 0
  let known = ''
  let highlight: Highlight | null = null
  let growing: Highlight | null = null

  function drawn(
    token: Token,
    start: number,
    chips: readonly Chip[],
    how: Highlight | null,
    lastWord = '',
  ): DrawnBlock {
    let isPlain = false
    const orPlain: Highlight = (code, language) => {
      if (how !== null) return how(code, language)
      isPlain = true
      return [code]
    }
    const nodes = nodesOf(token, start, chips, {...options, highlight: orPlain, lastWord})
    return {nodes, isPlain}
  }

  return {
    update(given, chips, isFinished) {
      // One unit for one, so that offsets stay good; the lexer would make one of two.
      const text = given.replace(/\r\n/g, ' \n').replace(/\r/g, '\n')
      if (!text.startsWith(known.slice(0, settledEnd))) {
        settled = []
        settledEnd = 0
      }
      known = text

      const tail = text.slice(settledEnd)
      const tokens = Lexer.lex(isFinished ? tail : mended(tail), {gfm: true})
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
            drawn: drawn(token, start, [], highlight),
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
      let colourable = highlight === null ? 0 : colouredChars
      settled = settled.map((block, i) => {
        const mine = chips.length === 0 ? [] : chipsOf(i)
        // The same number may name another source: asked again, an answer can have the same words of another page.
        const chipKey = mine.map((chip) => `${chip.n}:${spanOf(chip)} ${chip.href}`).join()
        const isColoured = block.drawn.isPlain && colourable > 0
        if (isColoured) colourable -= block.end - block.start
        if (chipKey === block.chipKey && !isColoured) return block
        return {...block, chipKey, drawn: drawn(block.token, block.start, mine, highlight)}
      })

      const blocks = settled.map((block) => block.drawn)
      if (open !== null) {
        const mine = chips.length === 0 ? [] : chipsOf(settled.length)
        blocks.push(drawn(open.token, open.start, mine, growing, lastWordOf(text)))
      }
      return blocks
    },
    colour(given) {
      if (given === highlight) return
      highlight = given
      growing = growingHighlight(given)
    },
  }
}

/** Addresses are seldom a tenth as long. */
const maxLastWord = 4_000

function lastWordOf(text: string): string {
  return /\S*$/.exec(text.slice(-maxLastWord))![0]
}
