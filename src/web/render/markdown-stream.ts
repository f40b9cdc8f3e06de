import {Lexer, type Token} from 'marked'
import {growingHighlighter} from './highlight.ts'
import {type Chip, type NodeOptions, nodesOf} from './nodes.ts'
import type {RenderNode} from './tree.ts'
import {mended} from './unfinished.ts'

/** A block of the answer, ready to be drawn. The same object means: nothing changed. */
export interface DrawnBlock {
  readonly nodes: readonly RenderNode[]
}

export interface MarkdownStream {
  /**
   * The blocks of `text`, which must begin with the text given before (else everything is drawn anew).
   * Only the block that is being written is read again; finished ones keep their object.
   */
  update(text: string, chips: readonly Chip[], isFinished: boolean): readonly DrawnBlock[]
}

interface SettledBlock {
  readonly token: Token
  readonly start: number
  readonly end: number
  readonly chipKey: string
  readonly drawn: DrawnBlock
}

/** Markdown that grows, as blocks; a block is settled once another has begun behind it. */
export function createMarkdownStream(options: NodeOptions): MarkdownStream {
  let settled: SettledBlock[] = []
  let settledEnd = 0
  let known = ''
  const live: NodeOptions = {...options, highlight: growingHighlighter()}

  function drawn(token: Token, start: number, chips: readonly Chip[], how = options): DrawnBlock {
    return {nodes: nodesOf(token, start, chips, how)}
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
            drawn: drawn(token, start, []),
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
      settled = settled.map((block, i) => {
        const mine = chips.length === 0 ? [] : chipsOf(i)
        const chipKey = mine.map(({n, start, end}) => `${n}:${start}-${end}`).join()
        if (chipKey === block.chipKey) return block
        return {...block, chipKey, drawn: drawn(block.token, block.start, mine)}
      })

      const blocks = settled.map((block) => block.drawn)
      if (open !== null)
        blocks.push(drawn(open.token, open.start, chips.length === 0 ? [] : chipsOf(settled.length), live))
      return blocks
    },
  }
}
