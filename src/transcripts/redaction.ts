import type {JournalDetails} from '../answers/index.ts'
import type {AnswerEvent, SequencedEvent, Source} from '../domain/index.ts'
import type {FeedbackChange} from './transcript-store.ts'

/**
 * What is written to disk about an answer. Without text, that is numbers, ids made by Docent, and Docent's own words for
 * what happened.
 */
export interface Redaction {
  readonly keepsText: boolean
  /** Text of visitors, models, docs or staff: unchanged, or empty. */
  text(text: string): string
  event(event: SequencedEvent): SequencedEvent
  details(details: JournalDetails): JournalDetails
  feedback(change: FeedbackChange): FeedbackChange
}

/** @param keepsText whether text of visitors, models, docs and staff may be written to disk. */
export function redactionOf(keepsText: boolean): Redaction {
  if (keepsText) {
    const asItIs = <T>(value: T): T => value
    return {keepsText, text: asItIs, event: asItIs, details: asItIs, feedback: asItIs}
  }
  return {
    keepsText,
    text: () => '',
    event: redactedEvent,
    details: redactedDetails,
    feedback: (change) => ({...change, reasons: [], comment: null}),
  }
}

/** The event without any text of the visitor, the model or the docs; what happened and when is kept. */
function redactedEvent({seq, at, event}: SequencedEvent): SequencedEvent {
  return {seq, at, event: redacted(event)}
}

function redacted(event: AnswerEvent): AnswerEvent {
  switch (event.type) {
    case 'delta':
    case 'reasoning':
      return {...event, text: ''}
    case 'sources': {
      const {unknownWords: _, ...rest} = event
      return {...rest, query: '', linkHosts: [], sources: event.sources.map(redactedSource)}
    }
    case 'citation': {
      const {quote: _, ...rest} = event
      return rest
    }
    case 'tool': {
      const {input: _, summary: __, ...rest} = event
      return rest
    }
    case 'done': {
      const {nearest: _, unknownWords: __, ...rest} = event
      return rest
    }
    default:
      return event
  }
}

/** Only its number and score. A URL contains words of the docs, and what was shown reveals what was asked. */
function redactedSource({n, score}: Source): Source {
  return {n, id: '', title: '', headings: [], url: '', anchor: '', score, snippet: '', highlights: []}
}

/** The details without text of others: an error message of the upstream may quote the question. */
function redactedDetails(details: JournalDetails): JournalDetails {
  const {errorDetail: _, notes: __, upstreamRequestId, fallbackCause, considered, ...rest} = details
  return {
    ...rest,
    ...(fallbackCause === undefined ? {} : {fallbackCause: redactedCause(fallbackCause)}),
    ...(isId(upstreamRequestId) ? {upstreamRequestId} : {}),
    ...(considered === undefined ? {} : {considered: considered.map(redactedSource)}),
  }
}

function redactedCause({
  code,
  upstreamRequestId,
}: NonNullable<JournalDetails['fallbackCause']>): NonNullable<JournalDetails['fallbackCause']> {
  return {code, upstreamRequestId: isId(upstreamRequestId) ? upstreamRequestId : null}
}

/** The upstream chooses its request ids; anything that does not look like an id may contain text. */
function isId(text: string | null | undefined): text is string {
  return text != null && /^[\w.:-]{1,128}$/.test(text)
}
