import {linkHostsIn} from '../../text/link-hosts.ts'
import type {AnswerState} from './answer-state.ts'

/** Maximum number of earlier questions considered: more than a model is given. */
const maxEarlier = 20

/**
 * Hosts that links of an answer may lead to: those of its sources, of the questions up to then in the conversation, and
 * `own`, the server's and the page's. Null for any host: answers from servers that do not send the hosts of the sources
 * stay as they were.
 */
export function allowedHostsOf(
  answer: Pick<AnswerState, 'key' | 'linkHosts' | 'sources' | 'question' | 'about'>,
  own: readonly string[],
  conversation: readonly AnswerState[] = [],
): ReadonlySet<string> | null {
  const {linkHosts, sources} = answer
  if (linkHosts == null) return null
  const place = conversation.findIndex(({key}) => key === answer.key)
  const earlier = conversation.slice(Math.max(0, place - maxEarlier), Math.max(0, place)).reverse()
  const said = [answer, ...earlier].map(({question, about}) => `${question}\n${about}`)
  const addresses = sources.map(({url}) => url)
  return new Set([...own, ...linkHosts, ...linkHostsIn([...addresses, ...said].join('\n'))])
}
