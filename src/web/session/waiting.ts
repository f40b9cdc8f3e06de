import type {AnswerState} from './answer-state.ts'

/** Milliseconds until a refused question may be asked again; 0 when it may be asked now, or the time is not known. */
export function waitMsOf({phase, problem}: AnswerState, now: number): number {
  if (phase !== 'refused' || problem?.retryAt == null) return 0
  // A clock that was set back must not prolong the wait.
  return Math.max(0, Math.min(problem.retryAt - now, problem.retryAfterMs ?? 0))
}
