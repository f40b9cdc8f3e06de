import type {Reading} from '../flattening/reading.ts'

/** The end of the current paragraph, or of the current line if it cannot be broken. */
export function paragraphEnd(reading: Reading): number {
  const {at, write} = reading
  const end = at.ahead.paragraphEnd(at.p)
  return write.isOneLine && !reading.isInline ? Math.min(at.lineEnd(), end) : end
}

/** How far a construct that begins here may extend: to the end of its paragraph, or further if it begins a block. */
export function reach(reading: Reading): number {
  const {at, write} = reading
  return write.hasContent || reading.isInline ? paragraphEnd(reading) : at.text.length
}
