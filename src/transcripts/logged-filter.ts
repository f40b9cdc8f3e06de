import {withoutIds} from '../answers/index.ts'
import type {TranscriptFilter} from './transcript-store.ts'

/** Filters whose values come from a list, or are flags or times. Any other may have words of a visitor, or an id. */
const withoutWords: ReadonlySet<string> = new Set<keyof TranscriptFilter>([
  'ending',
  'rating',
  'missing',
  'verdict',
  'abstained',
  'partial',
  'fallback',
  'attention',
  'broke',
  'left',
  'resumed',
  'channel',
  'from',
  'to',
])

/**
 * A filter in a form that may be logged: the id of an answer or the key of a conversation becomes its `ref`.
 * @param keepsWords whether words may be kept, which a search often takes from a visitor; asked only where there are some
 */
export function loggedFilter(
  filter: TranscriptFilter,
  keepsWords: () => boolean,
): Readonly<Record<string, string | number | boolean>> {
  const logged = (name: string, value: string | number | boolean) =>
    withoutWords.has(name) ? value : keepsWords() ? withoutIds(String(value)) : '(not kept)'
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, logged(name, value)]))
}
