import {describe, expect, test} from 'vitest'
import {readerMessageOf} from '../../src/domain/index.ts'
import {statusOf} from '../../src/http/error-response.ts'
import {breakWords, errorWords, stepWords} from '../../src/web/assistant/problem-words.ts'
import {allStrings} from '../../src/web/locales/all.ts'
import {type LocaleTag, localeOf} from '../../src/web/locales/index.ts'
import {type AnswerState, newAnswer, type Step, withUpdate} from '../../src/web/session/answer-state.ts'

const codes = Object.keys(statusOf) as (keyof typeof statusOf)[]
const others = (Object.keys(allStrings) as LocaleTag[]).filter((tag) => tag !== 'en')
const sayOf = (tag: LocaleTag) => localeOf(tag, allStrings[tag]).say
const say = sayOf('en')

describe.each(others)('in %s', (tag) => {
  test('every error has words of its own language, whatever the server says', () => {
    for (const code of codes) {
      const words = errorWords(code, sayOf(tag))
      expect(words, code).not.toBe(errorWords(code, say))
      expect(words, code).not.toContain(readerMessageOf(code))
    }
  })

  test('so has every step of an answer', () => {
    const steps: Pick<Step, 'name' | 'status' | 'input' | 'output'>[] = [
      {name: 'search_docs', status: 'started', input: {query: 'ports'}},
      {name: 'search_docs', status: 'done', output: {found: 0}},
      {name: 'search_docs', status: 'done', output: {found: 2}},
      {name: 'search_docs', status: 'failed'},
      ...['retry', 'fallback'].map((action) => ({
        name: 'generator',
        status: 'failed' as const,
        input: {generator: 'anthropic', action, code: 'upstream_overloaded'},
      })),
    ]
    for (const step of steps) {
      const whole = {id: '1', at: 0, words: 'English.', ...step}
      expect(stepWords(whole, sayOf(tag)), JSON.stringify(step)).not.toBe('English.')
      expect(stepWords(whole, sayOf(tag)), JSON.stringify(step)).not.toBe(stepWords(whole, say))
    }
  })
})

const brokenBy = (code: string, text = ''): AnswerState => ({
  ...newAnswer('k', 'q', {askedAt: 0}),
  text,
  phase: 'broke-off',
  problem: {code: code as never, message: 'In English.', retryable: true, retryAfterMs: null},
})

test('an answer that broke off is called incomplete only where some of it is there', () => {
  expect(breakWords(brokenBy('stall_timeout'), say)).toBe('The language model stopped sending.')
  expect(breakWords(brokenBy('stall_timeout', 'Set'), say)).toBe(
    'The language model stopped sending. The answer is not complete.',
  )
  expect(breakWords(brokenBy('stall_timeout', 'Set'), sayOf('ja'))).not.toContain(' ')
})

test('a lost connection refers to text above only where there is some', () => {
  const lost = withUpdate(newAnswer('k', 'q', {askedAt: 0}), {type: 'broke-off', cause: 'unreachable'})

  expect(breakWords(lost, say)).toBe('The connection broke before the answer began.')
  expect(breakWords({...lost, text: 'Set'}, say)).toContain('above')
})

test('an error that a newer server added has general words', () => {
  expect(errorWords('a_new_code', say)).toBe('Something went wrong on our side.')
  expect(errorWords('toString', say)).toBe('Something went wrong on our side.')
})

test('a step of an older server, or one that is not known here, is told in its own words', () => {
  const step = {id: '1', at: 0, status: 'done', words: 'Read the page.'} as const

  expect(stepWords(step, say)).toBe('Read the page.')
  expect(stepWords({...step, name: 'fetch_page', input: {url: '/'}}, say)).toBe('Read the page.')
  expect(stepWords({...step, name: 'search_docs'}, say)).toBe('Read the page.')
  expect(stepWords({...step, name: 'generator', input: {generator: 'extractive'}}, say)).toBe(
    'Read the page.',
  )
})

test('the query of a step keeps its own writing direction', () => {
  const step = {
    id: '1',
    at: 0,
    status: 'started',
    words: '',
    name: 'search_docs',
    input: {query: 'PORT'},
  } as const

  expect(stepWords(step, sayOf('ar'))).toContain('\u2068PORT\u2069')
})
