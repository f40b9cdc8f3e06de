import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'
import {isMisspellingOf} from '../lib/misspelling.ts'
import {refusalOf} from './field-problems.ts'

const maxShown = 60
/** So many names are like a shorter one that a guess would be of no use. */
const minGuessed = 4

/**
 * Refuses parameters that a query, or fields that a body, does not have: one that is misspelt would otherwise change nothing,
 * silently.
 * @throws DocentError `invalid_request` that names them, and what each may have been meant to be.
 */
export function refuseUnknown(
  given: readonly string[],
  known: readonly string[],
  what: 'parameter' | 'field',
): void {
  const unknown = given.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw refusalOf(unknown, (name) => ({
    field: cleanLine(headOf(name, maxShown)),
    problem: problemOf(name, known, what),
  }))
}

function problemOf(name: string, known: readonly string[], what: string): string {
  const near = known.find(
    (candidate) =>
      candidate.length >= minGuessed &&
      isMisspellingOf(headOf(name, maxShown).toLowerCase(), candidate.toLowerCase()),
  )
  return near === undefined
    ? `is not a ${what} here; there are ${known.join(', ') || 'none'}`
    : `is not a ${what} here; did you mean ${near}?`
}
