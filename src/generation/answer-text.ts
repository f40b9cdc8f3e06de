import {DocentError} from '../domain/index.ts'
import type {GenerationEvent} from './generator.ts'
import {type MarkerCitations, markerCitations} from './marker-citations.ts'
import type {CitationStyle} from './prompt.ts'
import {citationOf} from './quotation.ts'
import type {CitedLocation, SearchResults} from './search-results.ts'

/** Longest answer in UTF-16 units; an upstream that sends more is out of control. */
const maxAnswerLength = 1_000_000

/** The answer's text over all rounds, and its citations. */
export interface AnswerText {
  push(text: string): readonly GenerationEvent[]
  openBlock(): void
  cite(citation: CitedLocation): void
  closeBlock(): readonly GenerationEvent[]
  /** The next text begins a new paragraph, unless it is the first. */
  newParagraph(): void
  end(): readonly GenerationEvent[]
  readonly dropped: number
  /** Whether there is more than white space so far. */
  readonly hasWords: boolean
}

export function answerText(results: SearchResults, style: CitationStyle): AnswerText {
  const markers: MarkerCitations = markerCitations({
    isSource: (n) => results.has(n),
    isModelInstructed: style === 'markers',
    isAddressOf: results.isAddressOf,
    isInSources: results.contain,
  })
  let dropped = 0
  let hasWords = false
  let isParagraphDue = false
  /** The last two characters. */
  let lastChars = ''
  /** Where the block's text begins and ends, without white space around it; -1 before its first character. */
  let blockStart = -1
  let blockEnd = -1
  let pending: {readonly n: number; readonly quote: string | null}[] = []

  function show(result: ReturnType<MarkerCitations['push']>): GenerationEvent[] {
    const events: GenerationEvent[] = []
    if (result.text !== '') {
      const trimmed = result.text.trim()
      if (trimmed !== '') {
        hasWords = true
        const start = markers.length - result.text.length
        if (blockStart < 0) blockStart = start + result.text.indexOf(trimmed)
        blockEnd = start + result.text.trimEnd().length
      }
      lastChars = (lastChars + result.text).slice(-2)
      if (markers.length > maxAnswerLength) {
        throw new DocentError(
          'upstream_invalid',
          `The model's API sent an answer of more than ${maxAnswerLength} characters`,
        )
      }
      events.push({type: 'delta', text: result.text})
    }
    for (const citation of result.citations)
      events.push(citationOf(citation, results.quoteFor(citation.n, citation.claim)))
    return events
  }

  return {
    push(text) {
      if (!isParagraphDue || text.trim() === '') return show(markers.push(text))
      isParagraphDue = false
      const separator = lastChars === '' ? [] : show(markers.push(lastChars.endsWith('\n') ? '\n' : '\n\n'))
      blockStart = -1
      return [...separator, ...show(markers.push(text))]
    },
    openBlock() {
      blockStart = -1
      pending = []
    },
    cite(citation) {
      const cited = results.cited(citation)
      if (cited) pending.push(cited)
      else dropped += 1
    },
    closeBlock() {
      const events: GenerationEvent[] = []
      // The span is the block's text, in whatever order its citations and its text arrived.
      for (const [index, {n, quote}] of pending.entries()) {
        if (blockStart < 0) dropped += 1
        else if (pending.findIndex((other) => other.n === n && other.quote === quote) === index) {
          events.push(citationOf({n, start: blockStart, end: blockEnd}, quote))
        }
      }
      pending = []
      return events
    },
    newParagraph() {
      isParagraphDue = true
    },
    end: () => show(markers.end()),
    get dropped() {
      return dropped + markers.dropped
    },
    get hasWords() {
      return hasWords
    },
  }
}
