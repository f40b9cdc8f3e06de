import {withoutIds} from '../answers/index.ts'
import type {TranscriptFilter} from './transcript-store.ts'

/** A filter in a form that may be logged: the id of an answer, which `q` may be, becomes its `ref`. */
export function loggedFilter({
  q,
  ...others
}: TranscriptFilter): Readonly<Record<string, string | number | boolean>> {
  return {...(q === undefined ? {} : {q: withoutIds(q)}), ...others}
}
