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
  push(text: string, out: GenerationEvent[]): void
  openBlock(): void
  cite(citation: CitedLocation): void
  closeBlock(out: GenerationEvent[]): void
  /** The next text begins a paragraph, if there was any before. */
  newParagraph(): void
  end(out: GenerationEvent[]): void
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

  function show(result: ReturnType<MarkerCitations['push']>, out: GenerationEvent[]): void {
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
      out.push({type: 'delta', text: result.text})
    }
    for (const citation of result.citations)
      out.push(citationOf(citation, results.quoteFor(citation.n, citation.claim)))
  }

  return {
    push(text, out) {
      if (paragraphDue && text.trim() !== '') {
        paragraphDue = false
        if (ending !== '') show(markers.push(ending.endsWith('\n') ? '\n' : '\n\n'), out)
        blockStart = -1
      }
      show(markers.push(text), out)
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
    closeBlock(out) {
      // The span is the block's text, whatever order its citations and its text came in.
      for (const [index, {n, quote}] of pending.entries()) {
        if (blockStart < 0) dropped += 1
        else if (pending.findIndex((other) => other.n === n && other.quote === quote) === index) {
          out.push(citationOf({n, start: blockStart, end: blockEnd}, quote))
        }
      }
      pending = []
    },
    newParagraph() {
      paragraphDue = true
    },
    end(out) {
      show(markers.end(), out)
    },
    get dropped() {
      return dropped + markers.dropped
    },
  }
}
