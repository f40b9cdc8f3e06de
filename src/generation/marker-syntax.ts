const separators = '\\s*(?:[,;，、]|-|–)\\s*'
// Not zero, and at most two digits: `[0]` is an index and `[404]` a status.
const numbers = `\\^?[1-9]\\d?(?:${separators}\\^?[1-9]\\d?)*`
/** A marker from its first bracket to its last; its numbers are the group that matched. */
export const completeMarker = new RegExp(
  `^(?:\\[\\[\\s*(${numbers})\\s*\\]\\]|\\[\\s*(${numbers})\\s*\\]|[【［]\\s*(${numbers})[^】］\\n]*[】］])$`,
)
/** Every incomplete marker. */
export const partialMarker = new RegExp(
  `^(?:\\[|\\[{1,2}\\s*(?:\\^|(?:${numbers})?(?:${separators}\\^?|\\s*)?)\\]?|[【［]\\s*(?:(?:${numbers})[^】］\\n]*)?)$`,
)

/** `1, 3-5` as 1, 3, 4, 5. */
export function numbersIn(text: string): number[] {
  const found: number[] = []
  for (const [, from, to] of text.matchAll(/(\d{1,3})(?:\s*[-–]\s*\^?(\d{1,3}))?/g)) {
    const first = Number(from)
    const last = to === undefined ? first : Number(to)
    if (last < first || last - first > 20) found.push(first, last)
    else for (let n = first; n <= last; n++) found.push(n)
  }
  return found
}
