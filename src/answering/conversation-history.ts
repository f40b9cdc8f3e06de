import type {Turn} from '../domain/index.ts'

/** Maximum number of turns that are read from a conversation to find the one that opened it. */
export const maxTurnsRead = 100

/**
 * The latest turns of a conversation together with the exchange that opened it, which says what the conversation is
 * about: at most `maxTurns` turns, in order.
 */
export function openingAndLatestTurns(turns: readonly Turn[], maxTurns: number): readonly Turn[] {
  if (turns.length <= maxTurns) return turns
  const opening = turns.slice(0, turns[1]?.role === 'assistant' ? 2 : 1).slice(0, maxTurns)
  return [...opening, ...turns.slice(turns.length - maxTurns + opening.length)]
}

/**
 * The turns before an answer that is continued, without its own: the question, and the text if a limit cut it.
 * @param question the question of the continued answer.
 */
export function turnsBefore(turns: readonly Turn[], question: string): readonly Turn[] {
  const last = turns.at(-1)?.role === 'assistant' ? -2 : -1
  return turns.at(last)?.content === question ? turns.slice(0, last) : turns
}
