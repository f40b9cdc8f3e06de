import {DocentError} from '../domain/index.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'
import {isMisspellingOf} from '../lib/misspelling.ts'

const maxNamed = 5
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
  const problems = unknown.slice(0, maxNamed).map((name) => ({
    field: cleanLine(headOf(name, maxShown)),
    problem: problemOf(name, known, what),
  }))
  const messages = problems.map(({field, problem}) => `${field}: ${problem}`)
  const moreProblems = unknown.length - problems.length
  if (moreProblems > 0) messages.push(`and ${moreProblems} more`)
  throw new DocentError('invalid_request', messages.join('; '), {
    details: {problems, ...(moreProblems > 0 ? {moreProblems} : {})},
  })
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
