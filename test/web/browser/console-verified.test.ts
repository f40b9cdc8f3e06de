import type {Page} from 'playwright-core'
import {describe, expect, test, vi} from 'vitest'
import {extractiveGenerator} from '../../../src/generation/index.ts'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {signIn} from '../../support/console-docent.ts'
import {samplePage} from '../../support/sample-pages.ts'
import {bearer, staffApi} from '../../support/staff-people.ts'
import {
  docsToken,
  startDocent,
  supportToken,
  type TestDocent,
  writeIndex,
} from '../../support/start-docent.ts'

/** Answers that support proposes and docs staff publish, in the console; and what a visitor sees of one. */

vi.setConfig({testTimeout: 120_000})

const question = 'How do I bake a zorblatt cake?'
const pages = (words: string) =>
  [
    samplePage('keys.md', 'Keys', [['Renew a key', words]]),
    samplePage('ports.md', 'Ports', [['Set the port', 'To set the port, set PORT to a number.']]),
  ].map((page) => ({...page, lang: 'en'}))

describe.skipIf(chromiumPath === null)('a verified answer', () => {
  const setting = browserSetting()

  async function start(): Promise<TestDocent> {
    const docent = await startDocent({
      webDir: setting.webDir,
      pages: pages('To renew a key, press Renew.'),
      retriever: null,
      generator: extractiveGenerator({paceMs: 0}),
    })
    setting.opened.push(docent)
    return docent
  }

  async function open(
    {url}: TestDocent,
    path: string,
    token: string | null,
    options: Parameters<typeof setting.browsers.open>[0] = {},
  ): Promise<Page> {
    const context = await setting.browsers.open(options)
    setting.opened.push(context)
    const page = await context.newPage()
    await page.goto(url + path)
    if (token !== null) await signIn(page, token)
    return page
  }

  test('goes from a transcript to a proposal, to a visitor, and rests when its page changes', async () => {
    const docent = await start()
    await (await docent.read({question})).all()
    const support = await open(docent, '/console/transcripts', supportToken)
    await support.getByRole('link', {name: question}).click()
    await support.getByRole('link', {name: 'Give a verified answer'}).click()
    await support.getByRole('heading', {level: 1, name: 'New verified answer'}).waitFor()
    expect(await support.getByLabel('Question, as visitors ask it').inputValue()).toBe(question)
    await support.getByLabel('Answer, in Markdown').fill('Not with Docent. Set `CAKE`.')
    const preview = support.getByRole('region', {name: 'As visitors see it'})
    await preview.locator('code').getByText('CAKE').waitFor()
    await support.getByLabel('Page or section that it rests on').fill('/docs/nowhere')
    await support.getByRole('button', {name: 'Propose'}).click()
    await support.getByRole('alert').getByText('the docs have no such section now').waitFor()
    await support.reload()
    expect(await support.getByLabel('Answer, in Markdown').inputValue()).toBe('Not with Docent. Set `CAKE`.')
    await support.getByLabel('Page or section that it rests on').fill('/docs/keys#renew-a-key')
    await support.getByRole('button', {name: 'Propose'}).click()
    await support.getByText('Waits to be published').waitFor()
    expect(await support.getByRole('button', {name: 'Publish'}).count()).toBe(0)
    expect(await violationsOn(support)).toEqual([])

    const docs = await open(docent, '/console/verified?state=proposed', docsToken)
    await docs.getByRole('link', {name: question}).click()
    await docs.getByRole('button', {name: 'Publish'}).click()
    await docs.getByText('Given to visitors').waitFor()

    const visitor = await open(docent, '/', null)
    await visitor.locator('docs-assistant textarea').first().fill('How do we bake the zorblatt cake')
    await visitor.keyboard.press('Enter')
    await visitor.getByText('Not with Docent.').waitFor()
    await visitor.locator('.chip .badge').getByText('Verified answer').waitFor()
    expect(await visitor.locator('.state .words').last().innerText()).toBe('Verified answer')
    expect(await violationsOn(visitor)).toEqual([])

    const {id} = await writeIndex(docent.dataDir, pages('Keys renew themselves now.'))
    await staffApi(docent, 'POST', `/builds/${id}/activate`)
    await docs.goto(`${docent.url}/console/verified?state=resting`)
    await docs.getByRole('link', {name: question}).click()
    await docs.getByText('Rests: its page has changed').waitFor()
    await docs.getByRole('button', {name: 'Publish again'}).click()
    await docs.getByText('Given to visitors').waitFor()
    await docs.getByRole('button', {name: 'Withdraw'}).click()
    await docs.getByText('Withdrawn', {exact: true}).waitFor()
    await docs.getByRole('button', {name: 'Delete…'}).click()
    await docs.getByRole('dialog').getByRole('button', {name: 'Delete'}).click()
    await docs
      .getByRole('heading', {name: 'Nothing matches'})
      .or(docs.getByText('No verified answers yet'))
      .waitFor()
  })

  test('that a colleague has changed meanwhile is shown as it is, and nothing that was written is lost', async () => {
    const docent = await start()
    const draft = {question, text: 'Not with Docent.', url: '/docs/keys'}
    const {body} = await staffApi(docent, 'POST', '/verified', draft, bearer(supportToken))
    const page = await open(docent, `/console/verified/${body.id}`, docsToken)
    await page.getByLabel('Answer, in Markdown').fill('Mine.')
    await staffApi(
      docent,
      'PUT',
      `/verified/${body.id}`,
      {...draft, text: 'Theirs.', revision: 1},
      bearer(supportToken),
    )
    await page.getByRole('button', {name: 'Save'}).click()

    const alert = page.getByRole('alert')
    await alert.getByText('support (shared token) has changed this meanwhile').waitFor()
    expect(await alert.textContent()).toContain('Theirs.')
    expect(await page.getByLabel('Answer, in Markdown').inputValue()).toBe('Mine.')
    await page.reload()
    await alert.getByText('Theirs.').waitFor()
    expect(await page.getByLabel('Answer, in Markdown').inputValue()).toBe('Mine.')
    await page.getByRole('button', {name: 'Replace theirs with mine'}).click()
    await expect
      .poll(async () => (await staffApi(docent, 'GET', `/verified/${body.id}`)).body.text, {timeout: 20_000})
      .toBe('Mine.')
  })

  test('is written and listed on a phone and in the dark, where nothing is wider than the screen', async () => {
    const docent = await start()
    const options = {viewport: {width: 375, height: 812}, colorScheme: 'dark'} as const
    const page = await open(docent, '/console/verified', docsToken, options)
    await page.getByRole('heading', {name: 'No verified answers yet'}).waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.getByRole('link', {name: 'New', exact: true}).click()
    await page.getByLabel('Question, as visitors ask it').fill(question)
    await page.getByLabel('Answer, in Markdown').fill('Not with Docent.')
    await page.getByLabel('Page or section that it rests on').fill('/docs/keys')
    await page.getByRole('button', {name: 'Propose'}).click()
    await page.getByText('Waits to be published').waitFor()

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375)
    expect(await violationsOn(page)).toEqual([])
  })

  test('says what fails and tries again', async () => {
    const docent = await start()
    const page = await open(docent, '/console/verified', docsToken)
    await page.getByRole('heading', {name: 'No verified answers yet'}).waitFor()
    await page.route('**/api/admin/verified**', (route) => route.abort())
    await page.getByRole('link', {name: 'Resting'}).click()
    await page.getByText('The server cannot be reached.').waitFor()
    await page.unroute('**/api/admin/verified**')
    await page.getByRole('button', {name: 'Try again'}).click()
    await page.getByRole('heading', {name: 'Nothing matches'}).waitFor()
    await page.goto(`${docent.url}/console/verified/none`)
    await page.getByRole('heading', {name: 'There is no such answer'}).waitFor()
  })
})
