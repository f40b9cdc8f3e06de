import {DocentError} from '../domain/index.ts'
import type {GenerationEvent} from './generator.ts'
import {type MarkerCitations, markerCitations} from './marker-citations.ts'
import type {CitationStyle} from './prompt.ts'
import {citationOf} from './quotation.ts'
import type {CitedLocation, SearchResults} from './search-results.ts'

/** Longest answer in UTF-16 units; an upstream that sends more has lost its way. */
const maxAnswerLength = 1_000_000

/** The answer's text over all rounds, and what it cites. */
export interface AnswerText {
  push(text: string): readonly GenerationEvent[]
  openBlock(): void
  cite(citation: CitedLocation): void
  closeBlock(): readonly GenerationEvent[]
  /** The next text begins a paragraph, if there was any before. */
  newParagraph(): void
  end(): readonly GenerationEvent[]
  readonly dropped: number
}

export function answerText(results: SearchResults, style: CitationStyle): AnswerText {
  const markers: MarkerCitations = markerCitations({
    isSource: (n) => results.has(n),
    areAsked: style === 'markers',
    isAddressOf: results.isAddressOf,
    isInSources: results.say,
  })
  let dropped = 0
  let paragraphDue = false
  let ending = ''
  /** Where the block's words begin and end, white space around them left out; -1 before the first. */
  let blockStart = -1
  let blockEnd = -1
  let pending: {readonly n: number; readonly quote: string | null}[] = []

  function show(result: ReturnType<MarkerCitations['push']>): GenerationEvent[] {
    const events: GenerationEvent[] = []
    if (result.text !== '') {
      const words = result.text.trim()
      if (words !== '') {
        const at = markers.length - result.text.length
        if (blockStart < 0) blockStart = at + result.text.indexOf(words)
        blockEnd = at + result.text.trimEnd().length
      }
      ending = (ending + result.text).slice(-2)
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
      if (!paragraphDue || text.trim() === '') return show(markers.push(text))
      paragraphDue = false
      const gap = ending === '' ? [] : show(markers.push(ending.endsWith('\n') ? '\n' : '\n\n'))
      blockStart = -1
      return [...gap, ...show(markers.push(text))]
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
      // The span is the block's text, whatever order its citations and its text came in.
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
      paragraphDue = true
    },
    end: () => show(markers.end()),
    get dropped() {
      return dropped + markers.dropped
    },
  }
}
