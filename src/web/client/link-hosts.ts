import {linkHostsIn} from '../../text/link-hosts.ts'
import type {AnswerState} from './answer-state.ts'

/**
 * Hosts that links of an answer may lead to: those of its sources, of the question, and `own`, the server's and the
 * page's. Null for any: answers from before the server told what the sources link to stay as they were.
 */
export function liveHostsOf(
  {linkHosts, sources, question, about}: Pick<AnswerState, 'linkHosts' | 'sources' | 'question' | 'about'>,
  own: readonly string[],
): ReadonlySet<string> | null {
  if (linkHosts == null) return null
  const said = [question, about, ...sources.map(({url}) => url)].join('\n')
  return new Set([...own, ...linkHosts, ...linkHostsIn(said)])
}
