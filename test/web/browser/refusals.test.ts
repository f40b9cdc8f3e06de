import type {Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {type PlayedDocent, startPlayedDocent} from '../../support/played-docent.ts'
import {done, sampleSources, sourcesEvent} from '../../support/sample-answer.ts'
import type {Step} from '../../support/script-player.ts'

interface Refusal {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body: string
}

const whole: Step[] = [
  {send: sourcesEvent()},
  {send: {type: 'delta', text: 'Words.'}},
  {send: done('complete')},
]
const errorOf = (code: string, message: string): string => JSON.stringify({error: {code, message}})

describe.skipIf(chromiumPath === null)('what is refused, and where the keyboard is', () => {
  const setting = browserSetting()

  async function open(
    refusals: Readonly<Record<string, Refusal>> = {},
    script: readonly Step[] = whole,
  ): Promise<{page: Page; docent: PlayedDocent}> {
    const docent = await startPlayedDocent({webDir: setting.webDir, script: () => script})
    const context = await setting.browsers.open({locale: 'en-US'})
    setting.opened.push(docent, context)
    context.setDefaultTimeout(30_000)
    const page = context.pages()[0] ?? (await context.newPage())
    await page.route('**/api/answers', async (route) => {
      const {question} = route.request().postDataJSON() as {question: string}
      const refusal = refusals[question]
      if (refusal === undefined) await route.fallback()
      else await route.fulfill({contentType: 'application/json', ...refusal})
    })
    await page.goto(docent.url)
    await page.locator('textarea.question').waitFor()
    await page.evaluate(() => {
      const said: string[] = []
      Object.assign(window, {said})
      const status = document.querySelector('docs-assistant')!.shadowRoot!.querySelector('[role=status]')!
      new MutationObserver(() => said.push(status.textContent ?? '')).observe(status, {
        characterData: true,
        childList: true,
        subtree: true,
      })
    })
    return {page, docent}
  }

  const saidOn = (page: Page): Promise<string[]> =>
    page.evaluate(() => (window as unknown as {said: string[]}).said)

  async function ask(page: Page, question: string): Promise<void> {
    await page.locator('textarea.question').fill(question)
    await page.locator('textarea.question').press('Enter')
  }

  /** Name of the element that has the keyboard: its class, or its tag in the page around. */
  const focusOf = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const inner = document.querySelector('docs-assistant')?.shadowRoot?.activeElement
      return inner?.className ?? document.activeElement?.tagName ?? ''
    })

  test('refusals for different reasons keep their words, and each new reason is announced', async () => {
    const {page} = await open({
      'First?': {status: 400, body: errorOf('invalid_request', 'That is no question.')},
      'Second?': {status: 429, headers: {'retry-after': '80'}, body: errorOf('rate_limited', 'Too many.')},
      'Third?': {status: 503, body: errorOf('not_ready', 'Still being indexed.')},
      'Fourth?': {status: 429, headers: {'retry-after': '80'}, body: errorOf('rate_limited', 'Too many.')},
    })

    for (const [i, question] of ['First?', 'Second?', 'Third?', 'Fourth?'].entries()) {
      await ask(page, question)
      await expect.poll(() => page.locator('.turn.refused').count(), {timeout: 30_000}).toBe(i + 1)
    }

    const notices = await page.locator('.turn .notice').allTextContents()
    expect(notices.map((words) => words.trim().replace(/\d+/, 'N'))).toEqual([
      expect.stringContaining('The assistant could not take the question.'),
      expect.not.stringContaining('Too many'),
      expect.stringContaining('The documentation is still being indexed.'),
      expect.stringContaining('Too many questions for now. Try again in N seconds.'),
    ])
    const said = (await saidOn(page)).map((words) => words.replace(/\d+/, 'N'))
    expect(said).toEqual([
      'The assistant could not take the question.',
      'Too many questions for now. Try again in N seconds.',
      'The documentation is still being indexed.',
      'Too many questions for now. Try again in N seconds.',
    ])
  })

  test('a proxy’s own 429 counts down like the server’s', async () => {
    const {page} = await open({
      'q?': {
        status: 429,
        contentType: 'text/html',
        headers: {'retry-after': '80'},
        body: '<html>',
      } as Refusal,
    })

    await ask(page, 'q?')

    await page
      .locator('.notice p')
      .getByText(/^Too many questions for now\. Try again in \d+ seconds?\.$/)
      .waitFor()
  })

  test('a question that the server finds fault with can be edited, not just tried again', async () => {
    const {page} = await open({'Why?': {status: 400, body: errorOf('invalid_request', 'No question.')}})
    await ask(page, 'Why?')
    await page.locator('.turn.refused').waitFor()

    expect(await page.getByRole('button', {name: 'Try again'}).count()).toBe(0)
    await page.getByRole('button', {name: 'Ask differently'}).click()

    expect(await page.locator('textarea.question').inputValue()).toBe('Why?')
  })

  test('the box takes as much as the server does, and says when it is full', async () => {
    const {page, docent} = await open()
    const box = page.locator('textarea.question')
    const paste = (text: string): Promise<void> => box.focus().then(() => page.keyboard.insertText(text))

    await paste('x'.repeat(3_000))
    expect(await page.locator('.ask .full').count()).toBe(0)
    await paste('🔑'.repeat(3_000))

    await page.locator('.ask .full').getByText('A question can have 4,000 characters at most.').waitFor()
    expect(await saidOn(page)).toContain('A question can have 4,000 characters at most.')
    await box.press('Enter')
    await page.locator('.turn.complete').waitFor()
    expect(await page.locator('.ask .full').count()).toBe(0)
    expect(docent.answers[0]?.question.length).toBeGreaterThan(3_980)
    expect(docent.answers[0]?.question.length).toBeLessThanOrEqual(4_000)
  })

  test('the keyboard stays at the turn whose button goes as it is pressed', async () => {
    const {page} = await open({'Busy?': {status: 503, body: errorOf('not_ready', 'Still being indexed.')}})
    await ask(page, 'Busy?')
    await page.getByRole('button', {name: 'Try again'}).focus()
    await page.unroute('**/api/answers')

    await page.keyboard.press('Enter')
    await page.locator('.turn.complete').waitFor()

    expect(await focusOf(page)).toContain('turn')
    await page.keyboard.press('Tab')
    expect(await focusOf(page)).not.toBe('BODY')
  })

  test('the keyboard goes along to what a suggestion asks', async () => {
    const {page, docent} = await open({}, [{send: sourcesEvent()}, {hold: true}, ...whole.slice(1)])
    await page.locator('.frame.empty button', {hasText: sampleSources[0]!.title}).first().focus()

    await page.keyboard.press('Enter')
    await page.locator('.turn').waitFor()

    expect(await focusOf(page)).toContain('turn')
    await page.locator('.turn .card').first().waitFor()
    docent.release()
    await page.locator('.turn.complete').waitFor()
    const next = page.locator('.follow-ups button').first()
    await next.focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.turn').count()).toBe(2)
    expect(await focusOf(page)).toContain('turn')
  })

  test('the keyboard stays at the answer that was rated', async () => {
    const {page} = await open()
    await ask(page, 'q')
    await page.locator('.turn.complete').waitFor()
    await page.getByRole('button', {name: 'Not helpful'}).click()
    await page.locator('.feedback [type=submit]').focus()

    await page.keyboard.press('Enter')
    await page.locator('.feedback').waitFor({state: 'detached'})

    expect(await focusOf(page)).toContain('turn')
  })
})
