/**
 * Finds where buffered text may be cut so that a reader that renders each part at once sees no half character and no
 * half Markdown mark. Cuts are between pieces only, because each piece has a `seq` that a resume may name.
 */
export interface SafeCutter {
  /**
   * How many of the pieces may be delivered now; 0 for none. The end of the last piece is judged without knowing what
   * follows, so a piece that ends in a letter is usually held back for the next cut.
   */
  cut(pieces: readonly string[]): number
  /** Call it with the delivered text, so that code fences that are still open are known. */
  advance(text: string): void
}

const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'})

/** Number of boundaries checked, from the end backwards: limits the work, not the text. */
const maxBoundaries = 16

export function createSafeCutter(): SafeCutter {
  /** The character of the open code fence; null outside code. */
  let fence: string | null = null
  /** The delivered part of the unfinished line. */
  let line = ''

  function advance(text: string): void {
    const lines = (line + text).split('\n')
    // The start of a long line is enough to see whether it opens or closes a fence.
    line = lines.pop()!.slice(0, 200)
    for (const done of lines) {
      const mark = /^ {0,3}(`{3,}|~{3,})/.exec(done)?.[1]?.[0]
      if (mark === undefined) continue
      if (fence === null) fence = mark
      else if (fence === mark) fence = null
    }
  }

  return {
    cut(pieces) {
      let text = pieces.join('')
      const last = Math.max(1, pieces.length - maxBoundaries)
      for (let count = pieces.length; count >= last; count--) {
        const next = pieces[count] ?? null
        if (isWholeCharacter(text, next) && (fence !== null || isWholeMark(line + text, next))) return count
        text = text.slice(0, text.length - pieces[count - 1]!.length)
      }
      return 0
    },
    advance,
  }
}

/** Whether a cut after `text` splits no grapheme. `next` is the following text; null if it has not arrived yet. */
export function isWholeCharacter(text: string, next: string | null): boolean {
  if (text === '') return false
  const last = text.charCodeAt(text.length - 1)
  // A new character always begins after a line break. After anything else an accent or a joiner may follow.
  if (next === null) return last === 10 || (last < 128 && last !== 13 && !/[\p{L}\p{N}]/u.test(text.at(-1)!))
  if (last < 128 && next.charCodeAt(0) < 128) return !(last === 13 && next[0] === '\n')
  // Long enough for any joined emoji in use. A longer one is cut, which is visible but harmless.
  const tail = text.slice(-40)
  const around = tail + next.slice(0, 8)
  return segmenter.segment(around).containing(tail.length)?.index === tail.length
}

/** Whether a cut after `text` splits no run of marks, link, image, code span, emphasis, entity or tag in its last line. */
function isWholeMark(text: string, next: string | null): boolean {
  const line = text.slice(text.lastIndexOf('\n') + 1)
  const last = line.at(-1) ?? ''
  if (/[*_~`\\!]/.test(last) && (next === null || next[0] === last || last === '\\' || last === '!'))
    return false
  if (/^ {0,3}(?:[`~]+|#+|\d+|[-+*>])$/.test(line)) return false

  // Code spans first: nothing inside them is a mark.
  const bare = line.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '')
  if (bare.includes('`')) return false
  if (/!?\[[^\]]*$/.test(bare) || /\]\([^)\s]*(?:\s[^)]*)?$/.test(bare)) return false
  // The link text is complete, but its URL may follow directly.
  if (last === ']' && (next === null || next[0] === '(' || next[0] === '[')) return false
  if (/&[#\w]{0,10}$/.test(bare) || /<[a-z/!][^>]*$/i.test(bare)) return false
  const strong = bare.match(/\*\*/g)?.length ?? 0
  return strong % 2 === 0
}
