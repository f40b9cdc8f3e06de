import {wellFormed} from '../lib/well-formed.ts'

/**
 * A text as PostgreSQL can keep it: without the character NUL, and without halves of characters. As long as before, in UTF-16
 * code units, so that places in it stay what they were.
 */
export function storable(text: string): string {
  return wellFormed(text.replaceAll('\u0000', '\u{fffd}'))
}
