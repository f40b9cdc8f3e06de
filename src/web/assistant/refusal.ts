import type {LimitName} from '../../domain/index.ts'
import type {Say, StringKey} from '../locales/strings.ts'
import type {AnswerState, Problem} from '../session/answer-state.ts'
import {maxQuestionChars} from '../session/passage.ts'
import {waitMsOf} from '../session/waiting.ts'
import {maxSecondsShown} from './countdown.ts'
import {errorWords} from './problem-words.ts'

/** Why a question was refused, and when it can be asked again. */
export function refusalText(answer: AnswerState, say: Say, lang: string, now: number): string {
  const {problem} = answer
  const wait = waitMsOf(answer, now)
  if (wait > 0) return `${reasonText(answer, say)} ${retryText(wait, say, lang, now)}`
  if (problem?.code === 'rate_limited' && problem.retryAt != null) return say('limitOver')
  return reasonText(answer, say)
}

/** Why a question was refused: the same text for the same reason, however long the wait. */
export function reasonText({question, problem}: AnswerState, say: Say): string {
  if (problem?.code === 'rate_limited') return say(limitKeyOf(problem))
  if (question.length > maxQuestionChars && needsRewording(problem))
    return say('longestQuestion', {n: maxQuestionChars})
  return problem?.code == null ? say('refusedText') : errorWords(problem.code, say)
}

/** Whether the question itself was at fault, so that it would be refused again. */
export function needsRewording(problem: Problem | null): boolean {
  return problem?.code === 'invalid_request' || problem?.code === 'too_large'
}

/** With a shorter wait than this the day's limit is not used up, but reserved by answers that are being written. */
const minDayWaitMs = 10_000

const limitKeys = {
  requests: 'limitRequests',
  searches: 'limitRequests',
  questions: 'limitQuestions',
  answers: 'limitAnswers',
  streams: 'limitAnswers',
  reading: 'limitAnswers',
  all_answers: 'limitAnswers',
  answers_per_day: 'limitDay',
  share_of_day: 'limitShare',
  pages: 'limitRequests',
  all_pages: 'limitRequests',
  transcripts: 'limitRequests',
  guesses: 'limitRequests',
} as const satisfies Record<LimitName, StringKey>

function limitKeyOf({limit, retryAfterMs}: Problem): StringKey {
  // One that a newer server added, or a proxy's own.
  if (limit == null || !Object.hasOwn(limitKeys, limit)) return 'limitQuestions'
  const isOfDay = limit === 'answers_per_day' || limit === 'share_of_day'
  return isOfDay && (retryAfterMs ?? 0) < minDayWaitMs ? 'limitAnswers' : limitKeys[limit as LimitName]
}

/** When it can be asked again: in seconds, or as a local time, with the day if it is not today. */
function retryText(wait: number, say: Say, lang: string, now: number): string {
  const seconds = Math.ceil(wait / 1_000)
  if (seconds <= maxSecondsShown) return say('tryAgainIn', {n: seconds})
  const at = now + wait
  const time = new Intl.DateTimeFormat(lang, {hour: 'numeric', minute: '2-digit'}).format(at)
  if (new Date(at).toDateString() === new Date(now).toDateString()) return say('tryAgainAt', {time})
  const day = new Intl.DateTimeFormat(lang, {weekday: 'long'}).format(at)
  return say('tryAgainOn', {day, time})
}
