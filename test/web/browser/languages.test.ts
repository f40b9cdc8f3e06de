import type {Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import {type ErrorCode, readerMessageOf} from '../../../src/domain/index.ts'
import {allStrings} from '../../../src/web/locales/all.ts'
import {en} from '../../../src/web/locales/en.ts'
import type {LocaleTag} from '../../../src/web/locales/index.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {startPlayedDocent} from '../../support/played-docent.ts'
import {done, sourcesEvent} from '../../support/sample-answer.ts'
import type {Step} from '../../support/script-player.ts'

const errors: readonly ErrorCode[] = [
  'upstream_overloaded',
  'upstream_auth',
  'stall_timeout',
  'answer_timeout',
]
const refusals: Readonly<Record<string, number>> = {
  invalid_request: 400,
  origin_not_allowed: 403,
  rate_limited: 429,
  not_ready: 503,
  storage: 503,
}

/** An answer for each question: what it ends with. */
function scriptOf(question: string): readonly Step[] {
  const text: Step = {send: {type: 'delta', text: '42.'}}
  if (question === 'abstained') return [{send: sourcesEvent([])}, {send: done('abstained')}]
  const code = errors.find((each) => each === question)
  if (code !== undefined) {
    const message = readerMessageOf(code)
    return [
      {send: sourcesEvent()},
      text,
      {send: {type: 'error', ending: 'error', code, message, retryable: true}},
    ]
  }
  const search = {type: 'tool', id: 'search-1', name: 'search_docs'} as const
  const summary = 'Looking in the docs for “42”.'
  const steps: Step[] = [
    {send: {...search, status: 'started', input: {query: '42'}, summary}},
    {send: {...search, status: 'done', output: {found: 2}, summary: 'Found 2 more sections.'}},
  ]
  if (question === 'hold') return [{send: sourcesEvent()}, steps[0]!, {hold: true}, {send: done('complete')}]
  return [{send: sourcesEvent()}, ...steps, text, {send: done('complete')}]
}

/** All that a reader can read or hear in the page, one piece each. */
const wordsOn = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const root = document.querySelector('docs-assistant')!.shadowRoot!
    const words: string[] = []
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) words.push(texts.currentNode.textContent!.trim())
    for (const element of root.querySelectorAll('*')) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
        words.push(element.getAttribute(name) ?? '')
    }
    return words.filter((piece) => piece !== '')
  })

/** The English strings that this language does not share, as patterns for a whole piece of text. */
function englishPatterns(tag: LocaleTag): RegExp[] {
  return Object.entries(en).flatMap(([key, entry]) => {
    const own = allStrings[tag][key as keyof typeof en]
    const isShared = JSON.stringify(own) === JSON.stringify(entry)
    const forms = typeof entry === 'string' ? [entry] : Object.values(entry)
    return isShared ? [] : forms.map(patternOf)
  })
}

function patternOf(text: string): RegExp {
  const source = text
    .replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
    .replace(/\{(?:n|count)\}/g, String.raw`\d+`)
    .replace(/\{\w+\}/g, '.+')
  return new RegExp(`^${source}$`)
}

describe.skipIf(chromiumPath === null)('in another language', () => {
  const setting = browserSetting()

  test.each(['de', 'ar', 'ja'] as const)('%s: no English reaches the reader', async (tag) => {
    const docent = await startPlayedDocent({webDir: setting.webDir, script: scriptOf, canSearch: true})
    const context = await setting.browsers.open({locale: tag})
    setting.opened.push(docent, context)
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    await page.route('**/api/answers', async (route) => {
      const {question} = route.request().postDataJSON() as {question: string}
      const status = refusals[question]
      if (status === undefined) return route.fallback()
      const error = {code: question, message: readerMessageOf(question as ErrorCode)}
      await route.fulfill({status, contentType: 'application/json', body: JSON.stringify({error})})
    })
    await page.goto(docent.url)
    const box = page.locator('textarea.question')
    await box.waitFor()
    const words = new Set(await wordsOn(page))
    const look = async (): Promise<void> => {
      for (const piece of await wordsOn(page)) words.add(piece)
    }

    await box.fill('port')
    await page.locator('[role=option]').first().waitFor()
    await look()
    const questions = ['42?', ...errors, ...Object.keys(refusals), 'abstained']
    for (const [i, question] of questions.entries()) {
      await box.fill(question)
      await box.press('Enter')
      await expect.poll(() => page.locator('.turn[aria-busy=false]').count(), {timeout: 30_000}).toBe(i + 1)
      await look()
    }
    await box.fill('hold')
    await box.press('Enter')
    await page.locator('.turn[aria-busy=true] .state', {hasText: '42'}).waitFor()
    await look()
    await page.locator('.stop').click()
    await page.locator('.turn.stopped').waitFor()
    await look()
    await page.locator('.turn.complete .actions button').last().click()
    await page.locator('.feedback').waitFor()
    await look()

    const patterns = englishPatterns(tag)
    const messages = [...errors, ...Object.keys(refusals)].map((code) => readerMessageOf(code as ErrorCode))
    const english = [...words].filter(
      (piece) =>
        patterns.some((pattern) => pattern.test(piece)) ||
        messages.some((message) => piece.includes(message)),
    )
    expect(english).toEqual([])
    expect(words.size).toBeGreaterThan(60)
  })
})
