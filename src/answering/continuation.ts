import {answerStateOf, type Citation, type JournalledAnswer} from '../answers/index.ts'
import {DocentError, type SequencedEvent, type SourcesEvent} from '../domain/index.ts'

/** What an answer that continues an earlier one begins with. */
export interface Continuation {
  /** The earlier answer. */
  readonly answerId: string
  readonly text: string
  readonly sources: readonly SourcesEvent[]
  readonly citations: readonly Citation[]
}

/**
 * What a new answer can take over from one that broke off.
 * @param events all events of the earlier answer.
 * @throws DocentError `conflict` for an answer that is complete, cannot be continued, or has not ended.
 */
export function continuationOf(earlier: JournalledAnswer, events: readonly SequencedEvent[]): Continuation {
  if (earlier.ending === null) throw stillWritten()
  const {answerId} = earlier
  const state = answerStateOf(events, earlier.startedAt)
  if (state.partial && state.finishReason !== 'max_tokens') {
    // A model that declined would decline again, and one whose context is full cannot write more.
    throw new DocentError('conflict', 'This answer cannot be continued; ask in other words')
  }
  const isWhole = earlier.ending === 'abstained' || (earlier.ending === 'complete' && !state.partial)
  if (isWhole) throw new DocentError('conflict', 'The answer to continue did not break off')
  const sources = events.flatMap(({event}): SourcesEvent[] => (event.type === 'sources' ? [event] : []))
  // If the text was not kept there is nothing to continue, so the answer is written from the beginning.
  if (sources.some(({query}) => query === '')) return {answerId, text: '', sources: [], citations: []}
  return {answerId, text: state.text, sources, citations: state.citations}
}

export function stillWritten(): DocentError {
  return new DocentError('conflict', 'The answer to continue is still being written')
}
