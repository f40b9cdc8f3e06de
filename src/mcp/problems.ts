import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'

/** What is wrong with a part of a request, as zod has it. */
export interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

const maxProblems = 5
const maxLength = 300

/** What is wrong, in one line: at most five problems, each with the name of its part. */
export function problemsLine(problems: readonly string[]): string {
  const more = problems.length > maxProblems ? [`and ${problems.length - maxProblems} more`] : []
  return [...problems.slice(0, maxProblems), ...more].join('; ')
}

/** An issue as `limit: expected number, received string`. */
export function problemOf({path, message}: Issue): string {
  const what = /received undefined$/.test(message)
    ? 'is required'
    : message.replace(/^Invalid input: (?=expected)/, '')
  const name = path.map(String).join('.')
  return cleanLine(headOf(name === '' ? what : `${name}: ${what}`, maxLength))
}
