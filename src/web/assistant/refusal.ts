import type {AnswerState} from '../client/answer-state.ts'
import {waitMsOf} from '../client/waiting.ts'
import type {Say} from '../locales/strings.ts'
import {longestInSeconds} from './countdown.ts'

/** Why a question was not taken, and when it can be asked again. */
export function refusalWords(answer: AnswerState, say: Say, lang: string, now: number): string {
  const {problem} = answer
  const wait = waitMsOf(answer, now)
  const seconds = Math.ceil(wait / 1_000)
  const words = problem?.message || say('refusedText')
  if (problem?.code !== 'rate_limited' || problem.retryAt == null)
    return wait === 0 ? words : `${words} ${say('tryAgainIn', {n: seconds})}`
  if (wait === 0) return say('limitOver')
  if (seconds <= longestInSeconds) return say('limitedFor', {n: seconds})
  return say('limitedUntil', {time: timeAt(now + wait, lang, now)})
}

/** Hour and minute, and the day where it is another one. */
function timeAt(at: number, lang: string, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString()
  const day = isToday ? {} : ({weekday: 'long'} as const)
  return new Intl.DateTimeFormat(lang, {...day, hour: 'numeric', minute: '2-digit'}).format(at)
}
