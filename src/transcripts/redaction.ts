import type {JournalDetails} from '../answers/index.ts'
import type {AnswerEvent, SequencedEvent, Source} from '../domain/index.ts'
import type {Feedback} from './transcript-store.ts'

/**
 * What of an answer goes to disk. Where no words may be that is numbers, ids that we made, and words of ours for what
 * happened.
 */
export interface Redaction {
  readonly keepsWords: boolean
  /** Words of somebody else: as they are, or the empty text. */
  words(text: string): string
  event(event: SequencedEvent): SequencedEvent
  facts(facts: JournalDetails): JournalDetails
  feedback(feedback: Omit<Feedback, 'at'>): Omit<Feedback, 'at'>
}

/** @param keepsWords Whether words of the visitor, the model, the docs and staff may be on disk. */
export function redactionOf(keepsWords: boolean): Redaction {
  if (keepsWords) {
    const asItIs = <T>(value: T): T => value
    return {keepsWords, words: asItIs, event: asItIs, facts: asItIs, feedback: asItIs}
  }
  return {
    keepsWords,
    words: () => '',
    event: redactedEvent,
    facts: redactedFacts,
    feedback: ({rating}) => ({rating, reasons: [], comment: null}),
  }
}

/** The event without any words of the visitor, the model or the docs; what happened and when stays. */
function redactedEvent({seq, at, event}: SequencedEvent): SequencedEvent {
  return {seq, at, event: redacted(event)}
}

function redacted(event: AnswerEvent): AnswerEvent {
  switch (event.type) {
    case 'delta':
    case 'reasoning':
      return {...event, text: ''}
    case 'sources':
      return {...event, query: '', linkHosts: [], sources: event.sources.map(redactedSource)}
    case 'citation': {
      const {quote: _, ...rest} = event
      return rest
    }
    case 'tool': {
      const {input: _, summary: __, ...rest} = event
      return rest
    }
    case 'done': {
      const {nearest: _, ...rest} = event
      return rest
    }
    default:
      return event
  }
}

/** Its place and its score. An address has words of the docs, and what was shown says what was asked. */
function redactedSource({n, score}: Source): Source {
  return {n, id: '', title: '', headings: [], url: '', anchor: '', score, snippet: '', highlights: []}
}

/** The facts without what somebody else wrote: an upstream's error may quote the question. */
function redactedFacts(facts: JournalDetails): JournalDetails {
  const {errorDetail: _, notes: __, upstreamRequestId, considered, ...rest} = facts
  return {
    ...rest,
    ...(isId(upstreamRequestId) ? {upstreamRequestId} : {}),
    ...(considered === undefined ? {} : {considered: considered.map(redactedSource)}),
  }
}

/** An upstream names its requests as it likes; what is no plain id may be anything. */
function isId(text: string | null | undefined): text is string {
  return text != null && /^[\w.:-]{1,128}$/.test(text)
}
