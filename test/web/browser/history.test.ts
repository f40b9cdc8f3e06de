import type {Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import type {Settings} from '../../../src/settings/settings.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {type FaultProxy, startFaultProxy} from '../../support/fault-proxy.ts'
import {adminToken, startDocent, type TestDocent} from '../../support/start-docent.ts'

const questions = [
  'How do I set the port of a server that stands behind another one, which changes the address of whoever asks?',
  'How do I set the port of a server that stands behind another one, which keeps the address of whoever asks?',
  'xyzzy',
  'What is a pump?',
  'What is a valve?',
  'What is a pipe?',
]

describe.skipIf(chromiumPath === null)('earlier conversations', () => {
  const setting = browserSetting()
  let docent: TestDocent
  let proxy: FaultProxy

  async function open(
    element: string,
    settings: Partial<Settings> = {},
    browser: object = {},
  ): Promise<Page> {
    docent = await startDocent({webDir: setting.webDir, generator: null, settings})
    proxy = await startFaultProxy(docent.url, {
      instead: ({path}) =>
        path === '/site'
          ? {
              status: 200,
              headers: {'content-type': 'text/html; charset=utf-8'},
              body: `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Site</title><body><h1>A site</h1>${element}<script src="/widget.js"></script>`,
            }
          : null,
      contentSecurityPolicy: '',
    })
    const context = await setting.browsers.open({locale: 'en-US', ...browser})
    setting.opened.push(docent, proxy, context)
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    await page.goto(`${proxy.url}${element === '' ? '/' : '/site'}`)
    await page.locator('textarea.question').waitFor()
    return page
  }

  async function ask(page: Page, question: string): Promise<void> {
    const fresh = page.locator('.bar .new:visible, .side .new:visible').first()
    if ((await page.locator('.turn').count()) > 0) await fresh.click()
    await page.locator('.hero').waitFor()
    await page.locator('textarea.question').fill(question)
    await page.locator('textarea.question').press('Enter')
    await page.locator('.turn[aria-busy=false]').waitFor()
  }

  const entries = (page: Page): Promise<string[]> => page.locator('.conversations .subject').allInnerTexts()

  const keptOnServer = async (): Promise<number> => {
    const headers = {authorization: `Bearer ${adminToken}`}
    const response = await fetch(`${docent.url}/api/admin/transcripts`, {headers})
    return ((await response.json()) as {items: unknown[]}).items.length
  }

  test.each([
    ['a panel', '<docs-assistant opened></docs-assistant>', {}],
    ['a panel on a phone', '<docs-assistant opened></docs-assistant>', {viewport: {width: 375, height: 812}}],
    ['a dialog', '<docs-assistant mode="modal" opened></docs-assistant>', {}],
    ['a part of the page', '<docs-assistant mode="inline"></docs-assistant>', {}],
  ])('%s leads back to them from its first screen and from its bar', async (_name, element, browser) => {
    const page = await open(element, {}, browser)
    expect(await page.locator('.menu').count()).toBe(0)
    await ask(page, questions[0]!)
    await ask(page, questions[1]!)

    await page.locator('.bar .new').click()
    await page.locator('.latest .entry').last().click()
    expect(await page.locator('.asked h2').innerText()).toBe(questions[0])

    await page.locator('.menu').click()
    await page.locator('.past .entry:focus').waitFor()
    expect(await page.locator('.past .day').allInnerTexts()).toEqual(['Today'])
    await page.keyboard.press('Escape')
    expect(await page.locator('.past').count()).toBe(0)
    expect(await page.locator('.asked h2').isVisible()).toBe(true)
    expect(await page.locator('.menu:focus').count()).toBe(1)

    await page.locator('.menu').click()
    await page.locator('.past .entry').first().click()
    expect(await page.locator('.asked h2').innerText()).toBe(questions[1])
    expect(await page.locator('.past').count()).toBe(0)
  })

  test('they can be searched, and titles that begin alike can be told apart', async () => {
    const page = await open('<docs-assistant opened></docs-assistant>')
    for (const question of questions) await ask(page, question)
    await ask(page, 'What is a pipe?')
    await page.locator('.menu').click()
    await page.locator('.find:focus').waitFor()

    expect(await page.locator('.conversations .time').count()).toBe(2)
    const [first, second] = [page.getByText('which changes'), page.getByText('which keeps')]
    for (const title of [first, second]) {
      const seen = await title.evaluate((each) => each.scrollHeight <= each.clientHeight + 1)
      expect(seen).toBe(true)
    }
    await page.keyboard.type('PUM')
    expect(await entries(page)).toEqual(['What is a pump?'])
    await page.locator('.find').fill('nothing has this')
    await page.getByText('No conversation has these words.').waitFor()
    expect(await entries(page)).toEqual([])
  })

  test('deleting says what is deleted, can be thought better of, and deletes on the server too', async () => {
    const page = await open('<docs-assistant opened></docs-assistant>')
    await ask(page, questions[3]!)
    await ask(page, questions[4]!)
    await page.locator('.menu').click()
    const bin = page.getByRole('button', {name: `Delete conversation: ${questions[3]}`})
    await bin.click()
    await page.locator('.sure .danger:focus').waitFor()
    expect(await page.locator('.sure p').innerText()).toBe(
      `Delete “\u2068${questions[3]}\u2069” here and on the server?`,
    )

    await page.getByRole('button', {name: 'Cancel'}).click()
    expect(await page.locator('.sure').count()).toBe(0)
    await page.locator('.entry:focus', {hasText: questions[3]!}).waitFor()

    // Another conversation is chosen: it is no longer asked for.
    await bin.click()
    await page.locator('.past .entry').first().click()
    expect(await page.locator('.sure').count()).toBe(0)
    await page.locator('.menu').click()
    expect(await page.locator('.sure').count()).toBe(0)

    expect(await keptOnServer()).toBe(2)
    await bin.click()
    await page.locator('.sure .danger').click()
    await page.locator('.past').getByText('The conversation is deleted.').waitFor()
    expect(await entries(page)).toEqual([questions[4]])
    expect(await keptOnServer()).toBe(1)
  })

  test('the page itself has them in its side, where the prompt goes with the conversation', async () => {
    const page = await open('')
    await ask(page, questions[3]!)
    await ask(page, questions[4]!)
    await page.getByRole('button', {name: `Delete conversation: ${questions[3]}`}).click()
    await page.locator('.side .sure').waitFor()
    await page.locator('.side .entry', {hasText: questions[4]!}).click()

    expect(await page.locator('.sure').count()).toBe(0)
  })

  test.each([
    [
      {transcripts: 'full', retentionDays: 30},
      'Your questions are kept in this browser. The server keeps them for 30 days.',
    ],
    [
      {transcripts: 'full', retentionDays: 0},
      'Your questions are kept in this browser. The server keeps them until they are deleted.',
    ],
    [
      {transcripts: 'metadata'},
      'Your questions are kept in this browser. The server keeps none of their words.',
    ],
    [{transcripts: 'off'}, 'Your questions are kept in this browser. The server keeps none of their words.'],
  ] as const)('with %j the reader is told: %s', async (settings, words) => {
    const page = await open('', settings)

    expect(await page.locator('.side .kept').innerText()).toBe(words)
  })

  test('where the site keeps nothing in the browser, the reader is told so', async () => {
    const page = await open('<docs-assistant opened keep="none"></docs-assistant>', {retentionDays: 1})
    await ask(page, questions[3]!)
    await page.locator('.menu').click()

    expect(await page.locator('.past .kept').innerText()).toBe(
      'Your questions are forgotten when you leave this page. The server keeps them for 1 day.',
    )
  })
})
