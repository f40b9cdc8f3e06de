import type {Pass} from '../flattening/pass.ts'

/** The end of the current paragraph, or of the current line if it cannot be broken. */
export function paragraphEnd(pass: Pass): number {
  const end = pass.ahead.paragraphEnd(pass.p)
  return pass.isOneLine() && !pass.options.inline ? Math.min(pass.lineEnd(), end) : end
}

/** How far a construct that begins here may extend: to the end of its paragraph, or further if it begins a block. */
export function reach(pass: Pass): number {
  return pass.hasContent || pass.options.inline ? paragraphEnd(pass) : pass.text.length
}
