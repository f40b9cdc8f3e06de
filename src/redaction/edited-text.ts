import type {Span} from './spans.ts'

/** A part of a text, `[start, end)`, and what stands in its place now. */
export interface Replacement extends Span {
  readonly text: string
}

/** A text as it is after some replacements, with where each of them was in the original. */
export interface EditedText {
  readonly text: string
  /** In order, with offsets in the original text. */
  readonly replaced: readonly Replacement[]
}

export function unedited(text: string): EditedText {
  return {text, replaced: []}
}

/** @param edits of the text as it is now: in order, none over another. */
export function edited({text, replaced}: EditedText, edits: readonly Replacement[]): EditedText {
  if (edits.length === 0) return {text, replaced}
  let result = ''
  let from = 0
  for (const {start, end, text: marker} of edits) {
    result += text.slice(from, start) + marker
    from = end
  }
  return {text: result + text.slice(from), replaced: merged(placed(replaced), edits, text)}
}

/** A replacement with where it is in the text that it led to. */
interface Placed extends Replacement {
  readonly now: Span
}

function placed(replaced: readonly Replacement[]): Placed[] {
  let shift = 0
  return replaced.map((one) => {
    const start = one.start + shift
    shift += one.text.length - (one.end - one.start)
    return {...one, now: {start, end: start + one.text.length}}
  })
}

/** Of one over an earlier one, what is left of that stays around it. */
function merged(earlier: readonly Placed[], edits: readonly Replacement[], text: string): Replacement[] {
  const result: Replacement[] = []
  let shift = 0
  let next = 0
  for (const edit of edits) {
    for (; next < earlier.length && earlier[next]!.now.end <= edit.start; next++) {
      result.push(withoutPlace(earlier[next]!))
      shift = shiftAfter(earlier[next]!)
    }
    let start = edit.start - shift
    let end = edit.end - shift
    let before = ''
    let after = ''
    for (; next < earlier.length && earlier[next]!.now.start < edit.end; next++) {
      const {now, ...one} = earlier[next]!
      if (now.start <= edit.start) {
        start = one.start
        before = text.slice(now.start, edit.start)
      }
      shift = shiftAfter(earlier[next]!)
      end = Math.max(one.end, edit.end - shift)
      if (now.end > edit.end) {
        end = one.end
        after = text.slice(edit.end, now.end)
      }
    }
    result.push({start, end, text: before + edit.text + after})
  }
  for (; next < earlier.length; next++) result.push(withoutPlace(earlier[next]!))
  return result
}

function withoutPlace({start, end, text}: Placed): Replacement {
  return {start, end, text}
}

function shiftAfter({now, end}: Placed): number {
  return now.end - end
}

/**
 * Where an offset of the original text is in the edited one. One inside a part that was replaced moves to the end of what
 * stands there now, or to its start.
 */
export function offsetsIn({replaced}: EditedText): (offset: number, inside?: 'start' | 'end') => number {
  const places = placed(replaced)
  return (offset, inside = 'end') => {
    let low = 0
    let high = places.length
    // The last one that begins before the offset.
    while (low < high) {
      const middle = (low + high) >> 1
      if (places[middle]!.start < offset) low = middle + 1
      else high = middle
    }
    const last = places[low - 1]
    if (last === undefined) return offset
    if (offset < last.end) return last.now[inside]
    return offset + shiftAfter(last)
  }
}
