import {flat} from '../lib/flat.ts'

const fenceLine = /^\s*(?:(?:[-*+>]|\d{1,9}[.)])\s+)*(?:`{3,}[^`]*|~{3,}.*)$/

export interface CodeTracker {
  push(char: string): void
  /** Pushes characters of which none is a line break, a backtick or a tilde. */
  pushAll(text: string): void
  isInside(): boolean
  /** Call between two pieces of text: flattens the string built so far. */
  flatten(): void
}

/** Follows CommonMark closely enough to know whether the next character is in code. */
export function codeTracker(): CodeTracker {
  let line = ''
  /** Whether the line has a run of characters that a fence is made of. */
  let mayBeFence = false
  let fence: {readonly char: string; readonly length: number} | null = null
  let inline = 0
  let run = 0

  const endRun = (): void => {
    if (run === 0) return
    // At the start of a line three or more may open a fence, which the end of the line decides.
    if (!fence && !/^\s*(?:(?:[-*+>]|\d{1,9}[.)])\s+)*`{3,}$/.test(line)) {
      if (inline === 0) inline = run
      else if (inline === run) inline = 0
    }
    run = 0
  }

  return {
    push(char) {
      if (char === '`' && !fence) {
        run += 1
        line += char
        mayBeFence ||= run >= 3
        return
      }
      endRun()
      if (char !== '\n') {
        if (line.length < 2000) line += char
        if (char === '~') mayBeFence = true
        return
      }
      if (fence) {
        const closing = /^\s*(`{3,}|~{3,})\s*$/.exec(line)?.[1]
        if (closing?.[0] === fence.char && closing.length >= fence.length) fence = null
      } else {
        const opened = /^\s*(?:(?:[-*+>]|\d{1,9}[.)])\s+)*(`{3,}|~{3,})(.*)$/.exec(line)
        if (opened?.[1] && inline === 0 && !(opened[1][0] === '`' && opened[2]?.includes('`'))) {
          fence = {char: opened[1][0] ?? '`', length: opened[1].length}
        }
      }
      // Inline code does not span an empty line.
      if (line.trim() === '') inline = 0
      line = ''
      mayBeFence = false
    },
    pushAll(text) {
      endRun()
      if (line.length < 2000) line += text
    },
    flatten() {
      line = flat(line)
    },
    isInside() {
      if (fence) return true
      // Called before a character that is not a backtick, so an open run has ended.
      const state = run === 0 ? inline : inline === 0 ? run : inline === run ? 0 : inline
      // Also in the info string of a fence, which the end of its line will open.
      return state > 0 || (mayBeFence && fenceLine.test(line))
    },
  }
}
