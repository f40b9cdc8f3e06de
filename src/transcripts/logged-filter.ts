import {withoutIds} from '../answers/index.ts'
import type {TranscriptFilter} from './transcript-store.ts'

/**
 * A filter in a form that may be logged: the id of an answer, which `q` may be, becomes its `ref`.
 * @param keepsWords whether words may be kept: those of a search are often a visitor's.
 */
export function loggedFilter(
  {q, ...others}: TranscriptFilter,
  keepsWords: boolean,
): Readonly<Record<string, string | number | boolean>> {
  return {...(q === undefined ? {} : {q: keepsWords ? withoutIds(q) : '(not kept)'}), ...others}
}
