import type {AnswerMaterial} from '../answers/index.ts'
import type {AnswerEvent} from '../domain/index.ts'

/** Approximate size of an event in memory, in characters. */
export function sizeOf(event: AnswerEvent): number {
  if (event.type === 'delta' || event.type === 'reasoning') return event.text.length
  return event.type === 'sources' ? 600 * (event.sources.length + 1) : 400
}

/** Approximate size of what an answer is made of, in characters. Its requests repeat the sections and each other. */
export function sizeOfMaterial({request, sections = []}: AnswerMaterial): number {
  const shown = sections.reduce((sum, {markdown}) => sum + 100 + markdown.length, 0)
  return shown + (request === undefined ? 0 : requestChars)
}

/** A usual one; a share of most of its texts is used elsewhere as well. */
const requestChars = 40_000
