import {answerStateOf, type Citation, type JournalledAnswer} from '../answers/index.ts'
import {DocentError, type SequencedEvent, type SourcesEvent} from '../domain/index.ts'

/** What an answer that goes on from an earlier one begins with. */
export interface Continuation {
  /** The earlier answer. */
  readonly answerId: string
  readonly text: string
  readonly sources: readonly SourcesEvent[]
  readonly citations: readonly Citation[]
}

/**
 * What there is to go on from in an answer that broke off.
 * @param events all events of the earlier answer.
 * @throws DocentError `conflict` for an answer that is whole, cannot go on, or has not ended.
 */
export function continuationOf(earlier: JournalledAnswer, events: readonly SequencedEvent[]): Continuation {
  if (earlier.ending === null) throw stillWritten()
  const {answerId} = earlier
  const state = answerStateOf(events, earlier.startedAt)
  if (state.partial && state.finishReason !== 'max_tokens') {
    // Asked to go on, a model that declined declines again, and one whose context is full has no room.
    throw new DocentError('conflict', 'The answer to go on from cannot go on; ask in other words')
  }
  const isWhole = earlier.ending === 'abstained' || (earlier.ending === 'complete' && !state.partial)
  if (isWhole) throw new DocentError('conflict', 'The answer to go on from did not break off')
  const sources = events.flatMap(({event}): SourcesEvent[] => (event.type === 'sources' ? [event] : []))
  // A log that keeps no words has nothing to go on from, so the answer is written anew.
  if (sources.some(({query}) => query === '')) return {answerId, text: '', sources: [], citations: []}
  return {answerId, text: state.text, sources, citations: state.citations}
}

export function stillWritten(): DocentError {
  return new DocentError('conflict', 'The answer to go on from is still being written')
}
