import {describe, expect, test} from 'vitest'
import {limitNames} from '../../src/domain/index.ts'
import {reasonText, refusalText} from '../../src/web/assistant/refusal.ts'
import {allStrings} from '../../src/web/locales/all.ts'
import {type LocaleTag, localeOf} from '../../src/web/locales/index.ts'
import {type AnswerState, newAnswer, refused} from '../../src/web/session/answer-state.ts'

/** A Thursday, in the reader's time. */
const noon = new Date(2026, 10, 26, 12).getTime()
const midnight = new Date(2026, 10, 27).getTime()
const {say} = localeOf('en', allStrings.en)

function limited(limit: string | null, retryAfterMs: number | null, question = 'q'): AnswerState {
  const asked = newAnswer('k', question, {askedAt: noon})
  return refused(asked, {code: 'rate_limited', message: 'The server’s own words.', retryAfterMs, limit}, noon)
}

const wordsAt = (answer: AnswerState, now = noon): string => refusalText(answer, say, 'en', now)

describe('the words of a refusal', () => {
  test.each([
    ['questions', 7_000, 'Too many questions for now. Try again in 7 seconds.'],
    [null, 7_000, 'Too many questions for now. Try again in 7 seconds.'],
    ['a limit to come', 1_000, 'Too many questions for now. Try again in 1 second.'],
    ['questions', null, 'Too many questions for now.'],
    ['answers', 2_000, 'Other answers are still being written. Try again in 2 seconds.'],
    ['all_answers', 1_000, 'Other answers are still being written. Try again in 1 second.'],
    ['streams', 2_000, 'Other answers are still being written. Try again in 2 seconds.'],
    ['share_of_day', 2_000, 'Other answers are still being written. Try again in 2 seconds.'],
    ['answers_per_day', 2_000, 'Other answers are still being written. Try again in 2 seconds.'],
    ['answers_per_day', 60_000, 'Today’s answers are used up. Try again in 60 seconds.'],
    ['answers_per_day', midnight - noon, 'Today’s answers are used up. Try again on Friday at 12:00 AM.'],
    ['share_of_day', 3_600_000, 'Your share of today’s answers is used up. Try again at 1:00 PM.'],
  ])('for the limit %s and a wait of %s ms', (limit, retryAfterMs, expected) => {
    expect(wordsAt(limited(limit, retryAfterMs)).replaceAll('\u202f', ' ')).toBe(expected)
  })

  test.each(limitNames)('the server’s limit %s has a reason of its own kind in every language', (limit) => {
    for (const [lang, strings] of Object.entries(allStrings)) {
      const {say} = localeOf(lang as LocaleTag, strings)
      const words = reasonText(limited(limit, 60_000), say)

      expect(words).toMatch(/\S/)
      if (limit !== 'questions') expect(words).not.toBe(say('limitQuestions'))
    }
  })

  test('it can be asked again when the time is over', () => {
    expect(wordsAt(limited('share_of_day', 60_000), noon + 60_000)).toBe('You can ask again now.')
  })

  test('the reason is the same however long the wait', () => {
    const reasons = [limited('questions', 1_000), limited(null, 600_000), limited('a limit to come', null)]

    expect(new Set(reasons.map((answer) => reasonText(answer, say))).size).toBe(1)
    expect(reasonText(limited('answers', 1_000), say)).not.toBe(reasonText(reasons[0]!, say))
  })

  test('a question that is too long is told so, not in the machine’s words', () => {
    const asked = newAnswer('k', 'x'.repeat(4_001), {askedAt: noon})
    const problem = {
      code: 'invalid_request',
      message: 'question: must have at most 4000 characters',
      retryAfterMs: null,
    } as const

    expect(wordsAt(refused(asked, problem, noon))).toBe('A question can have 4,000 characters at most.')
  })

  test('without the server’s words, a wait is told once', () => {
    const asked = newAnswer('k', 'q', {askedAt: noon})

    expect(wordsAt(refused(asked, {code: 'not_ready', message: '', retryAfterMs: 30_000}, noon))).toBe(
      'The documentation is still being indexed. Try again in 30 seconds.',
    )
  })

  test.each([
    ['en', 'Try again on Friday at 12:00 AM.', 'Try again at 1:30 PM.'],
    ['de', 'Am Freitag ab 0:00 Uhr noch einmal versuchen.', 'Ab 13:30 Uhr noch einmal versuchen.'],
    [
      'es',
      'Inténtalo de nuevo el viernes a partir de esta hora: 0:00.',
      'Inténtalo de nuevo a partir de esta hora: 13:30.',
    ],
    ['fr', 'Réessayez vendredi à partir de 0:00.', 'Réessayez à partir de 13:30.'],
    ['ja', '金曜日の 0:00 以降にもう一度お試しください。', '13:30 以降にもう一度お試しください。'],
    ['zh-CN', '请在星期五 0:00 之后重试。', '请在 13:30 之后重试。'],
    ['ar', 'حاول مرة أخرى يوم الجمعة عند الساعة 12:00 ص.', 'حاول مرة أخرى عند الساعة 1:30 م.'],
  ] as const)('%s: another day, and later today', (lang, tomorrow, today) => {
    const locale = localeOf(lang, allStrings[lang])
    const words = (waitMs: number): string =>
      refusalText(limited('questions', waitMs), locale.say, lang, noon)
        .replaceAll(/[\u202f\u00a0]/g, ' ')
        // Not every ICU writes both zeros.
        .replace('00:00', '0:00')

    expect(words(midnight - noon)).toBe(`${locale.say('limitQuestions')} ${tomorrow}`)
    expect(words(90 * 60_000)).toBe(`${locale.say('limitQuestions')} ${today}`)
  })
})
