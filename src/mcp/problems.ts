import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'

/** What is wrong with a part of a request, as zod has it. */
export interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

const maxLength = 300

/** An issue as `limit: expected number, received string`. */
export function problemOf({path, message}: Issue): string {
  const what = /received undefined$/.test(message)
    ? 'is required'
    : message.replace(/^Invalid input: (?=expected)/, '')
  const name = path.map(String).join('.')
  return cleanLine(headOf(name === '' ? what : `${name}: ${what}`, maxLength))
}
