import type {AnswerMaterial, JournalDetails, JournalEntry} from '../answers/index.ts'
import type {SequencedEvent, VisitorPage} from '../domain/index.ts'
import {type Redacted, type Redactor, redactValue} from '../redaction/index.ts'
import {keptBody} from './kept-request.ts'
import type {FeedbackChange} from './transcript-store.ts'

/** How many were replaced, by kind. */
type Found = Redacted['found']

/** What the visitor wrote for one answer, as it is kept, and what was made of it. */
export interface VisitorWords {
  readonly entry: JournalEntry
  /** What was replaced in the entry. */
  readonly found: Found
  /** An event without words of the visitor that are not kept. The text of the docs and of the answer stays as it was shown. */
  event(event: SequencedEvent): SequencedEvent
  details(details: JournalDetails): JournalDetails
  /** What an answer is made of, with what the visitor wrote in it as that is kept. */
  material(material: AnswerMaterial): AnswerMaterial
}

export function visitorWordsOf(entry: JournalEntry, redactor: Redactor): VisitorWords {
  const {question, version, page = null} = entry
  const {kept, found} = keeping(redactor)
  const keptEntry: JournalEntry = {
    ...entry,
    question: kept(question),
    version: version === null ? null : kept(version),
    ...(page === null ? {} : {page: keptPage(page, kept)}),
  }
  // A search is made of the question, and a message of an error may quote it.
  const written = [question, version, page?.url, page?.title, page?.section].flatMap((text) => text ?? [])
  const derived = Object.keys(found).length === 0 ? redactor : redactor.alsoFoundIn(written)
  return {
    entry: keptEntry,
    found,
    event: (event) => keptEvent(event, derived),
    details: ({errorDetail, fallbackCause, notes, ...rest}) => ({
      ...rest,
      ...(fallbackCause === undefined ? {} : {fallbackCause: redactValue(fallbackCause, derived)}),
      ...(errorDetail === undefined ? {} : {errorDetail: redactValue(errorDetail, derived)}),
      ...(notes === undefined ? {} : {notes: redactValue(notes, derived)}),
    }),
    material: ({request, sections}) => ({
      ...(request === undefined ? {} : {request: {...request, body: keptBody(request, derived)}}),
      ...(sections === undefined ? {} : {sections}),
    }),
  }
}

/** A visitor's reasons and comment, as they are kept. */
export function keptFeedback(
  change: FeedbackChange,
  redactor: Redactor,
): {readonly change: FeedbackChange; readonly found: Found} {
  const {kept, found} = keeping(redactor)
  const {reasons, comment} = change
  return {
    change: {...change, reasons: reasons.map(kept), comment: comment === null ? null : kept(comment)},
    found,
  }
}

/** Redacts, and adds up what was found. */
function keeping(redactor: Redactor): {readonly kept: (text: string) => string; readonly found: Found} {
  const found: Record<string, number> = {}
  return {
    found,
    kept(text) {
      const redacted = redactor.redact(text)
      for (const [kind, count] of Object.entries(redacted.found)) {
        found[kind] = (Object.hasOwn(found, kind) ? found[kind]! : 0) + count
      }
      return redacted.text
    },
  }
}

function keptPage({url, title, section}: VisitorPage, kept: (text: string) => string): VisitorPage {
  const keptOrNull = (text: string | null) => (text === null ? null : kept(text))
  return {url: keptOrNull(url), title: keptOrNull(title), section: keptOrNull(section)}
}

function keptEvent(sequenced: SequencedEvent, redactor: Redactor): SequencedEvent {
  const {event} = sequenced
  switch (event.type) {
    case 'sources':
    case 'done': {
      const {unknownWords} = event
      const words = unknownWords === undefined ? {} : {unknownWords: redactValue(unknownWords, redactor)}
      const query = event.type === 'sources' ? {query: redactValue(event.query, redactor)} : {}
      return {...sequenced, event: {...event, ...query, ...words}}
    }
    case 'tool': {
      const {input, output, summary} = event
      return {
        ...sequenced,
        event: {
          ...event,
          ...(input === undefined ? {} : {input: redactValue(input, redactor)}),
          ...(output === undefined ? {} : {output: redactValue(output, redactor)}),
          ...(summary === undefined ? {} : {summary: redactValue(summary, redactor)}),
        },
      }
    }
    default:
      return sequenced
  }
}
