import type {AnswerState, Problem} from '../client/answer-state.ts'
import {maxQuestionChars} from '../client/passage.ts'
import {waitMsOf} from '../client/waiting.ts'
import type {Say, StringKey} from '../locales/strings.ts'
import {longestInSeconds} from './countdown.ts'

/** Why a question was not taken, and when it can be asked again. */
export function refusalWords(answer: AnswerState, say: Say, lang: string, now: number): string {
  const {problem} = answer
  const wait = waitMsOf(answer, now)
  if (wait > 0) return `${reasonWords(answer, say)} ${againWords(wait, say, lang, now)}`
  if (problem?.code === 'rate_limited' && problem.retryAt != null) return say('limitOver')
  return reasonWords(answer, say)
}

/** Why a question was not taken: the same words for the same reason, however long the wait. */
export function reasonWords({question, problem}: AnswerState, say: Say): string {
  if (problem?.code === 'rate_limited') return say(limitKeyOf(problem))
  if (question.length > maxQuestionChars && isToBeChanged(problem))
    return say('longestQuestion', {n: maxQuestionChars})
  return problem?.message || say('refusedText')
}

/** Whether the question itself was at fault: asked as it is, it would be refused again. */
export function isToBeChanged(problem: Problem | null): boolean {
  return problem?.code === 'invalid_request' || problem?.code === 'too_large'
}

/** A limit of the day with a shorter wait than this is not spent: answers that may not need it are being written. */
const shortestDayWaitMs = 10_000

function limitKeyOf({limit, retryAfterMs}: Problem): StringKey {
  switch (limit) {
    case 'answers':
    case 'streams':
    case 'all_answers':
      return 'limitAnswers'
    case 'answers_per_day':
    case 'share_of_day':
      if ((retryAfterMs ?? 0) < shortestDayWaitMs) return 'limitAnswers'
      return limit === 'share_of_day' ? 'limitShare' : 'limitDay'
    default:
      return 'limitQuestions'
  }
}

/** When it can be asked again: in seconds, or by the reader's clock, with the day where it is another one. */
function againWords(wait: number, say: Say, lang: string, now: number): string {
  const seconds = Math.ceil(wait / 1_000)
  if (seconds <= longestInSeconds) return say('tryAgainIn', {n: seconds})
  const at = now + wait
  const time = new Intl.DateTimeFormat(lang, {hour: 'numeric', minute: '2-digit'}).format(at)
  if (new Date(at).toDateString() === new Date(now).toDateString()) return say('tryAgainAt', {time})
  const day = new Intl.DateTimeFormat(lang, {weekday: 'long'}).format(at)
  return say('tryAgainOn', {day, time})
}
