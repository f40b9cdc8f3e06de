import {isStopTerm} from './stop-words.ts'
import type {SpelledWord} from './terms.ts'
import {wordIdOf} from './word-ids.ts'

/** The word's id of `word-ids.ts`; null for a stop word, and where too many words have an id. */
export function contentWordIdOf(word: SpelledWord): number | null {
  if (word.contentId === undefined) {
    word.contentId = isStopTerm(word.terms[0]!) ? null : wordIdOf(word.spelling)
  }
  return word.contentId
}
