import type {Turn} from '../domain/index.ts'

/** So many turns of a conversation are read to find the one that opened it. */
export const turnsRead = 100

/**
 * The latest turns of a conversation together with the exchange that opened it, which says what all of it is about:
 * `most` turns at most, in their order.
 */
export function openingAndLatest(turns: readonly Turn[], most: number): readonly Turn[] {
  if (turns.length <= most) return turns
  const opening = turns.slice(0, turns[1]?.role === 'assistant' ? 2 : 1).slice(0, most)
  return [...opening, ...turns.slice(turns.length - most + opening.length)]
}

/**
 * The turns before the answer that is gone on from. Its own turn is not its past: the question, and what was answered
 * where a limit cut it.
 * @param question the words that the earlier answer was asked with.
 */
export function turnsBefore(turns: readonly Turn[], question: string): readonly Turn[] {
  const last = turns.at(-1)?.role === 'assistant' ? -2 : -1
  return turns.at(last)?.content === question ? turns.slice(0, last) : turns
}
