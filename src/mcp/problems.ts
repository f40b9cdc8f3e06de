import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'

/** What is wrong with a part of a request. */
export interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

const maxLength = 300

/** An issue as `limit: must be at most 20`. */
export function problemOf({path, message}: Issue): string {
  const name = path.map(String).join('.')
  return cleanLine(headOf(name === '' ? message : `${name}: ${message}`, maxLength))
}
