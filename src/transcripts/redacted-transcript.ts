import {refOf} from '../answers/index.ts'
import type {AnswerEvent, SequencedEvent} from '../domain/index.ts'
import {offsetsIn, type Redactor, redactValue} from '../redaction/index.ts'
import type {Transcript} from './transcript-store.ts'

/**
 * The transcript for somebody outside the staff: redacted are also the answer and the text of the docs. A secret that was cut
 * by the borders of events is found all the same: its marker is in the first of them. Times and numbers of events stay. The
 * answer is named by its `ref`: its id would give it as it is kept. What tells visitors apart is left out.
 */
export function redactedTranscript(transcript: Transcript, redactor: Redactor): Transcript {
  const {events, question} = transcript
  // A password is known by the word before it, and is quoted without it.
  const derived = redactor.alsoFoundIn([question, writtenIn(events, 'delta'), writtenIn(events, 'reasoning')])
  const {ref, conversation, build, generator, model, embedding, channel} = transcript
  return {
    ...redactValue({...transcript, settings: withoutIds(transcript.settings), events: []}, derived),
    ...{answerId: ref, ref, conversation, build, generator, model, embedding, channel, visitor: null},
    events: redactedEvents(events, derived, ref),
  }
}

/** The answer that it continues is named by its `ref`, too. */
function withoutIds({continues, ...settings}: Transcript['settings']): Transcript['settings'] {
  return typeof continues === 'string' ? {...settings, continues: refOf(continues)} : settings
}

type Written = 'delta' | 'reasoning'

function writtenIn(events: readonly SequencedEvent[], type: Written): string {
  return events.map(({event}) => (event.type === type ? event.text : '')).join('')
}

function redactedEvents(
  events: readonly SequencedEvent[],
  redactor: Redactor,
  ref: string,
): SequencedEvent[] {
  const pieces = {
    delta: piecesOf(writtenIn(events, 'delta'), redactor),
    reasoning: piecesOf(writtenIn(events, 'reasoning'), redactor),
  }
  return events.map(({seq, at, event}) => ({seq, at, event: redactedEvent(event)}))

  function redactedEvent(event: AnswerEvent): AnswerEvent {
    switch (event.type) {
      // Whoever has the id reads the answer as it is kept.
      case 'start':
        return {...event, answerId: event.ref ?? ref}
      case 'sources': {
        const {linkHosts, ...rest} = redactValue(event, redactor)
        // A host may be known by an address alone that is taken out.
        const hosts = linkHosts?.filter((host) => pieces.delta.text.includes(host))
        return {...rest, ...(hosts === undefined ? {} : {linkHosts: hosts})}
      }
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
    text: whole.text,
    offsetOf,
    /** What the next piece is now, by its length before. */
    next(length: number): string {
      const start = from
      from += length
      return whole.text.slice(offsetOf(start), offsetOf(from))
    },
  }
}
