import type {Pass} from '../flattening/pass.ts'

/** Where the paragraph ends in which a pass stands, or its line where that cannot be broken. */
export function paragraphEnd(pass: Pass): number {
  const end = pass.ahead.paragraphEnd(pass.p)
  return pass.isOneLine() && !pass.options.inline ? Math.min(pass.lineEnd(), end) : end
}

/** How far what begins here may go on: within its paragraph, and over others where it is the beginning of a block. */
export function reach(pass: Pass): number {
  return pass.hasContent || pass.options.inline ? paragraphEnd(pass) : pass.text.length
}
