import {expect, test} from 'vitest'
import {finishReasonOf, meaningOf, type StopMeaning} from '../../src/generation/stop-reasons.ts'

const reasons: Readonly<Record<StopMeaning, string>> = {
  end: 'end_turn stop stop_sequence STOP eos eos_token EndTurn complete finished FINISH_REASON_STOP stop-sequence done normal',
  max_tokens:
    'max_tokens MAX_TOKENS length LENGTH max_output_tokens max_new_tokens token_limit limit incomplete maxTokens max-tokens FINISH_REASON_MAX_TOKENS truncated model_length max_length',
  refusal:
    'refusal content_filter SAFETY safety content-filter ContentFiltered blocked PROHIBITED_CONTENT RECITATION guardrail_intervened',
  context_exceeded: 'model_context_window_exceeded context_length_exceeded CONTEXT_LIMIT',
  tool: 'tool_use tool_calls TOOL_CALL function_call',
  broken:
    'error ERROR abort aborted cancelled canceled timeout time_limit timed_out failed pause_turn internal_error rate_limit',
  unknown: 'banana a_new_reason OTHER compaction … 停止',
}

test.each(
  Object.entries(reasons).flatMap(([meaning, names]) =>
    names.split(' ').map((name) => [name, meaning] as const),
  ),
)('the reason %s means %s', (name, meaning) => {
  expect(meaningOf(name)).toBe(meaning)
})

test('an answer ends by what its reason means, and as it is where that is not known', () => {
  expect(finishReasonOf('Max Tokens')).toBe('max_tokens')
  expect(finishReasonOf('tool_use')).toBe('end')
  expect(finishReasonOf('')).toBe('end')
  expect(finishReasonOf(null)).toBe('end')
})
