import type {FinishReason} from '../domain/index.ts'

/** What a server means by the reason why its model stopped. */
export type StopMeaning =
  | Extract<FinishReason, 'end' | 'max_tokens' | 'refusal' | 'context_exceeded'>
  /** The model waits for the result of a tool. */
  | 'tool'
  /** It broke off: the answer may not be taken for complete. */
  | 'broken'
  /** None of the families: a new reason, or a server's own. */
  | 'unknown'

/**
 * Words of which one is enough, from the strongest family to the weakest: `time_limit` is a failure, `stop_max_tokens` a
 * limit, `eos_token` an end. Anthropic's reasons are among them, and those of OpenAI, Google, Hugging Face, Ollama and vLLM.
 */
const families: readonly (readonly [meaning: StopMeaning, words: ReadonlySet<string>])[] = [
  [
    'broken',
    wordsOf(
      'error errors failed failure fail abort aborted cancel canceled cancelled cancellation timeout timedout timed time deadline interrupted disconnected unavailable overloaded rate crashed exception malformed pause paused preempted killed oom',
    ),
  ],
  [
    'refusal',
    wordsOf(
      'refusal refused filter filtered safety unsafe blocked block blocklist moderation moderated guardrail guardrails prohibited recitation spii policy sensitive censored flagged violation',
    ),
  ],
  ['context_exceeded', wordsOf('context')],
  [
    'max_tokens',
    wordsOf('length limit limits limited max maximum maxtokens incomplete truncated exceeded cutoff'),
  ],
  ['tool', wordsOf('tool tools function functions')],
  [
    'end',
    wordsOf(
      'end stop stopped eos eot done complete completed finish finished success succeeded natural normal',
    ),
  ],
]

function wordsOf(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}

/**
 * Case and separators do not matter: `MAX_TOKENS`, `max-tokens` and `maxTokens` are one reason. Null, which some servers send
 * with `message_stop`, is an end.
 */
export function meaningOf(stopReason: string | null): StopMeaning {
  if (stopReason === null) return 'end'
  const words = stopReason
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    // As Google's protocol spells its constants.
    .replace(/^(?:finish|stop)[-_ ]reason[-_ ]/, '')
    .split(/[^\p{L}\p{N}]+/u)
  return families.find(([, family]) => words.some((word) => family.has(word)))?.[0] ?? 'unknown'
}

/** An unknown reason leaves the answer as it is. */
export function finishReasonOf(
  stopReason: string | null,
): Exclude<StopMeaning, 'tool' | 'broken' | 'unknown'> {
  const meaning = meaningOf(stopReason)
  return meaning === 'tool' || meaning === 'broken' || meaning === 'unknown' ? 'end' : meaning
}
