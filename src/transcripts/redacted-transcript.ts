import type {AnswerEvent, SequencedEvent} from '../domain/index.ts'
import {offsetsIn, type Redactor, redactValue} from '../redaction/index.ts'
import type {Transcript} from './transcript-store.ts'

/**
 * The transcript for somebody outside the staff: redacted are also the answer and the text of the docs. A secret that was cut
 * by the borders of events is found all the same: its marker is in the first of them. Times, numbers of events and the
 * ids that Docent made stay.
 */
export function redactedTranscript(transcript: Transcript, redactor: Redactor): Transcript {
  const {events, question} = transcript
  // A password is known by the word before it, and is quoted without it.
  const derived = redactor.alsoFoundIn([question, writtenIn(events, 'delta'), writtenIn(events, 'reasoning')])
  const {answerId, ref, conversation, build, generator, model, embedding, channel} = transcript
  return {
    ...redactValue({...transcript, events: []}, derived),
    ...{answerId, ref, conversation, build, generator, model, embedding, channel},
    events: redactedEvents(events, derived),
  }
}

type Written = 'delta' | 'reasoning'

function writtenIn(events: readonly SequencedEvent[], type: Written): string {
  return events.map(({event}) => (event.type === type ? event.text : '')).join('')
}

function redactedEvents(events: readonly SequencedEvent[], redactor: Redactor): SequencedEvent[] {
  const pieces = {
    delta: piecesOf(writtenIn(events, 'delta'), redactor),
    reasoning: piecesOf(writtenIn(events, 'reasoning'), redactor),
  }
  return events.map(({seq, at, event}) => ({seq, at, event: redactedEvent(event)}))

  function redactedEvent(event: AnswerEvent): AnswerEvent {
    switch (event.type) {
      case 'start':
        return event
      case 'delta':
      case 'reasoning':
        return {...event, text: pieces[event.type].next(event.text.length)}
      case 'citation': {
        const {offsetOf} = pieces.delta
        const {quote, ...rest} = event
        return {
          ...rest,
          start: offsetOf(event.start, 'start'),
          end: offsetOf(event.end),
          ...(quote === undefined ? {} : {quote: redactor.redact(quote).text}),
        }
      }
      default:
        return redactValue(event, redactor)
    }
  }
}

/** A text that events have brought in pieces. */
function piecesOf(text: string, redactor: Redactor) {
  const whole = redactor.edit(text)
  const offsetOf = offsetsIn(whole)
  let from = 0
  return {
    offsetOf,
    /** What the next piece is now, by its length before. */
    next(length: number): string {
      const start = from
      from += length
      return whole.text.slice(offsetOf(start), offsetOf(from))
    },
  }
}
