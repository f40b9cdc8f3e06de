import {isCaseless} from './caseless.ts'
import type {Conversation} from './conversation-store.ts'

/** Recent questions offered for an empty box, and for one with text. */
const maxForEmpty = 5
const maxForText = 3
/** Longer ones were hardly typed, and would fill the list. */
const maxChars = 200

/**
 * Questions asked in this browser, newest first and each once; for an empty text all, else those that have each of its
 * words, the last one as a beginning. At most five, or three where there is text. They go with their conversations.
 *
 * @param conversations newest first.
 */
export function recentQuestions(conversations: readonly Conversation[], text: string): string[] {
  const typed = folded(text)
  const max = typed === '' ? maxForEmpty : maxForText
  const words = typed.split(' ')
  const seen = new Set([typed])
  const found: string[] = []
  for (const {answers} of conversations) {
    for (const {question, about} of answers.toReversed()) {
      const key = folded(question)
      // Without its passage a question about one would be another question.
      if (about !== '' || question.length > maxChars || seen.has(key)) continue
      seen.add(key)
      if (words.every((word) => hasWord(key, word))) found.push(question)
      if (found.length === max) return found
    }
  }
  return found
}

function folded(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim()
}

/** Whether a word of the text begins so; anywhere in scripts without spaces. */
function hasWord(text: string, beginning: string): boolean {
  return isCaseless(beginning) ? text.includes(beginning) : ` ${text}`.includes(` ${beginning}`)
}
