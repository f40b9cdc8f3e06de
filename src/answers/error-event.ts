import {type ErrorCode, type ErrorEvent, isRetryable, readerMessageOf} from '../domain/index.ts'

const timeoutCodes: ReadonlySet<ErrorCode> = new Set([
  'first_token_timeout',
  'stall_timeout',
  'answer_timeout',
])
const interruptedCodes: ReadonlySet<ErrorCode> = new Set(['shutting_down', 'server_restarted'])

/** The terminal event that reports a failure, with a message for readers. */
export function errorEventOf(code: ErrorCode, retryAfterMs: number | null = null): ErrorEvent {
  return {
    type: 'error',
    ending: timeoutCodes.has(code) ? 'timeout' : interruptedCodes.has(code) ? 'interrupted' : 'error',
    code,
    message: readerMessageOf(code),
    retryable: isRetryable(code),
    ...(retryAfterMs === null ? {} : {retryAfterMs}),
  }
}
