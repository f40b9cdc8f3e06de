import type {AnswerEvent} from '../../domain/index.ts'
import type {AnswerRow} from '../answer-row.ts'
import {facetsOf} from '../catalog/facets-of.ts'
import {indexedPage} from './indexed-page.ts'
import {tsvectorOf} from './words.ts'

/** What a filter, a search or an order of a list asks for, written with the answer. */
export interface SearchColumns {
  readonly finish_reason: AnswerRow['finish_reason']
  /** The code of the error that it ended with; empty without one. */
  readonly error: string
  /** How much of the question its sources may answer; empty where none said so. */
  readonly answerability: string
  /** 1 where a fallback wrote it. */
  readonly fallback: 0 | 1
  readonly first_token_ms: number | null
  readonly longest_stall_ms: number | null
  readonly total_ms: number | null
  /** Addresses of the pages that it cites. */
  readonly cited: readonly string[]
  /** The text of a `tsvector`. */
  readonly words: string
}

/** @param events all but its deltas */
export function searchColumnsOf(row: AnswerRow, events: readonly AnswerEvent[]): SearchColumns {
  const {names, measures, pages, error, question, text} = facetsOf(row, events)
  const nameOf = (kind: 'answerability' | 'fallback') => names.find(([name]) => name === kind)?.[1] ?? ''
  return {
    finish_reason: row.finish_reason,
    error,
    answerability: nameOf('answerability'),
    fallback: nameOf('fallback') === '1' ? 1 : 0,
    first_token_ms: wholeOrNull(measures.first_token_ms),
    longest_stall_ms: wholeOrNull(measures.longest_stall_ms),
    total_ms: wholeOrNull(measures.total_ms),
    cited: [...pages].flatMap(([url, isCited]) => (isCited ? [indexedPage(url)] : [])),
    words: tsvectorOf(question, text),
  }
}

function wholeOrNull(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms)
}
