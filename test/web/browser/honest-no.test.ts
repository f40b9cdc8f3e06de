import type {Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import type {Generator} from '../../../src/generation/generator.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {type FakeRetrieverOptions, installSources} from '../../support/fake-retriever.ts'
import {scriptedGenerator} from '../../support/scripted-generator.ts'
import {adminToken, startDocent, type TestDocent} from '../../support/start-docent.ts'

describe.skipIf(chromiumPath === null)('where the docs do not answer', () => {
  const setting = browserSetting()

  async function ask(
    retrieval: FakeRetrieverOptions,
    {lang = 'en-US', generator = null}: {lang?: string; generator?: Generator | null} = {},
  ): Promise<{page: Page; docent: TestDocent}> {
    const docent = await startDocent({
      webDir: setting.webDir,
      generator,
      retrieval: {...installSources, ...retrieval},
    })
    const context = await setting.browsers.open({locale: lang})
    setting.opened.push(docent, context)
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    await page.goto(docent.url)
    await page.locator('textarea.question').fill('How do I send it to Frobnitz?')
    await page.locator('textarea.question').press('Enter')
    await page.locator('.turn[aria-busy=false]').waitFor()
    return {page, docent}
  }

  async function missingIn(docent: TestDocent): Promise<number> {
    const headers = {authorization: `Bearer ${adminToken}`}
    const response = await fetch(`${docent.url}/api/admin/transcripts?missing=1`, {headers})
    const {items} = (await response.json()) as {items: unknown[]}
    return items.length
  }

  test('the unknown words are named, and one tap tells the docs team, for good', async () => {
    const {page, docent} = await ask({
      abstain: 'other_product',
      assessment: {answerability: 'partly', unknownWords: ['Frobnitz', 'Xyzzy']},
    })

    expect(await page.locator('.turn.abstained .unknown').allTextContents()).toEqual([
      'The docs do not mention \u2068“Frobnitz”\u2069 and \u2068“Xyzzy”\u2069.',
    ])
    expect(await missingIn(docent)).toBe(0)
    await page.getByRole('button', {name: 'Tell the docs team'}).click()
    await page.locator('.told').waitFor()
    await expect.poll(() => missingIn(docent)).toBe(1)

    await page.reload()
    await page.locator('.told').waitFor()
    expect(await page.getByRole('button', {name: 'Tell the docs team'}).count()).toBe(0)
  })

  test('an answer to a part of the question says so, and is not marked as a whole one', async () => {
    const {page} = await ask({assessment: {answerability: 'partly', unknownWords: ['Frobnitz']}})
    const {page: whole} = await ask({assessment: {answerability: 'yes'}})
    const wordsOf = (on: Page): Promise<string> => on.locator('docs-assistant-text').innerText()
    const colourOf = (on: Page): Promise<string> =>
      on.locator('.state .dot').evaluate((dot) => getComputedStyle(dot).backgroundColor)

    expect(await page.locator('.state').innerText()).toBe('Quoted in part from the docs')
    expect(await wordsOf(page)).toContain('The docs do not mention “Frobnitz”.')
    expect(await page.getByRole('button', {name: 'Tell the docs team'}).count()).toBe(1)
    expect(await whole.locator('.state').innerText()).toBe('Quoted from the docs')
    expect(await wordsOf(whole)).not.toContain('do not mention')
    expect(await whole.getByRole('button', {name: 'Tell the docs team'}).count()).toBe(0)
    expect(await colourOf(page)).not.toBe(await colourOf(whole))
  })

  test('the unknown words are said once, by the text of an extract or else by a note', async () => {
    const assessment = {answerability: 'partly', unknownWords: ['Frobnitz']} as const
    const {page: extract} = await ask({assessment})
    const {page: written} = await ask({assessment}, {generator: scriptedGenerator(['It is sent.'])})

    expect(await extract.locator('.unknown').count()).toBe(0)
    expect(await written.locator('.unknown').allTextContents()).toEqual([
      'The docs do not mention \u2068“Frobnitz”\u2069.',
    ])
  })

  test('the unknown words stand in the quotation marks of the language', async () => {
    const assessment = {answerability: 'partly', unknownWords: ['Frobnitz']} as const
    const {page} = await ask({assessment}, {generator: scriptedGenerator(['It is sent.']), lang: 'de'})

    expect(await page.locator('.unknown').allTextContents()).toEqual([
      'Die Dokumentation erwähnt \u2068„Frobnitz“\u2069 nicht.',
    ])
  })

  test('a tap that does not reach the server can be repeated', async () => {
    const {page, docent} = await ask({abstain: 'no_hits', assessment: {answerability: 'partly'}})
    await page.route('**/feedback', (route) => route.abort())
    const button = page.getByRole('button', {name: 'Tell the docs team'})

    await button.click()
    await page.getByText('That could not be sent.').waitFor()
    await page.unroute('**/feedback')
    await button.click()

    await page.locator('.told').waitFor()
    expect(await missingIn(docent)).toBe(1)
  })
})
