import type {ErrorCode} from '../../domain/index.ts'
import type {Say, StringKey} from '../locales/strings.ts'
import type {AnswerState, Step} from '../session/answer-state.ts'

/** Errors in the reader's words. The server's own message is in English, and for whoever writes a client. */
const keys = {
  invalid_request: 'refusedText',
  unauthorized: 'notAllowed',
  forbidden: 'notAllowed',
  origin_not_allowed: 'notAllowed',
  host_not_allowed: 'notAllowed',
  not_found: 'serverFault',
  method_not_allowed: 'serverFault',
  conflict: 'serverFault',
  too_large: 'tooLarge',
  unsupported_media_type: 'serverFault',
  rate_limited: 'limitQuestions',
  version_not_found: 'noVersion',
  not_ready: 'indexing',
  upstream_auth: 'modelSetup',
  upstream_rate_limited: 'modelBusy',
  upstream_overloaded: 'modelOverloaded',
  upstream_unreachable: 'modelUnreachable',
  upstream_cut: 'modelCut',
  upstream_invalid: 'modelGarbled',
  upstream_rejected: 'modelRejected',
  upstream_error: 'modelFailed',
  first_token_timeout: 'modelSilent',
  stall_timeout: 'modelStalled',
  answer_timeout: 'tooSlow',
  shutting_down: 'restarting',
  server_restarted: 'restarted',
  embedding_model: 'searchDown',
  index_damaged: 'searchDown',
  locked: 'serverFault',
  gate_failed: 'serverFault',
  source_unreachable: 'searchDown',
  storage: 'serverFault',
  not_audited: 'serverFault',
  config: 'notSetUp',
  not_installed: 'notSetUp',
  internal: 'serverFault',
} as const satisfies Record<ErrorCode, StringKey>

/** The sentence for an error code; a general one for a code that a newer server added. */
export function errorWords(code: string, say: Say): string {
  return say(Object.hasOwn(keys, code) ? keys[code as ErrorCode] : 'serverFault')
}

/** Why nothing can be found while typing; null stands for a server that cannot be reached. */
export function searchWords(code: ErrorCode | null, say: Say): string {
  if (code === null) return say('connecting')
  return code === 'rate_limited' ? say('limitSearches') : errorWords(code, say)
}

/** Why an answer broke off, and whether some of it is there. */
export function breakWords({problem, text}: AnswerState, say: Say): string {
  if (problem?.code == null) return say(text === '' ? 'brokeOffEarly' : 'brokeOffText')
  const words = errorWords(problem.code, say)
  return text === '' ? words : sentences(words, say('notComplete'))
}

/** What a step did; in the server's words for one that this version does not know. */
export function stepWords({name, status, input, output, words}: Step, say: Say): string {
  const {query, code, generator, action} = fieldsOf(input)
  if (name === 'search_docs' && (status !== 'started' || typeof query === 'string')) {
    // Isolated, since its writing direction need not be that of the sentence.
    if (status === 'started') return say('lookingFor', {query: `\u2068${query}\u2069`})
    if (status === 'failed') return say('searchFailed')
    const {found} = fieldsOf(output)
    if (typeof found === 'number') return found === 0 ? say('foundNothing') : say('foundMore', {n: found})
  }
  if (name === 'generator' && typeof code === 'string') {
    const next =
      action === 'retry' ? 'againNow' : generator === 'extractive' ? 'quotingInstead' : 'askingOther'
    return sentences(errorWords(code, say), say(next))
  }
  return words
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** Two sentences in a row; Chinese and Japanese have no space between them. */
export function sentences(first: string, second: string): string {
  return /[。！？]$/.test(first) ? first + second : `${first} ${second}`
}
