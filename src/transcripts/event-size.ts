import type {AnswerEvent} from '../domain/index.ts'

/** Approximate size of an event in memory, in characters. */
export function sizeOf(event: AnswerEvent): number {
  if (event.type === 'delta' || event.type === 'reasoning') return event.text.length
  return event.type === 'sources' ? 600 * (event.sources.length + 1) : 400
}
