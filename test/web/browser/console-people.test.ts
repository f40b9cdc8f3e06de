import type {Page} from 'playwright-core'
import {describe, expect, test, vi} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {askToEnd, signIn} from '../../support/console-docent.ts'
import {bearer, join, staffApi} from '../../support/staff-people.ts'
import {
  adminToken,
  docsToken,
  startDocent,
  supportToken,
  type TestDocent,
} from '../../support/start-docent.ts'

/** People and the audit log, as an admin works with them; and one's own token. */

vi.setConfig({testTimeout: 120_000})

const soon = {timeout: 20_000}
const phone = {viewport: {width: 375, height: 812}, hasTouch: true, isMobile: true} as const

describe.skipIf(chromiumPath === null)('people in the console', () => {
  const setting = browserSetting()

  async function start(): Promise<TestDocent> {
    const product = await startDocent({webDir: setting.webDir})
    setting.opened.push(product)
    return product
  }

  async function open(
    {url}: TestDocent,
    path: string,
    token = adminToken,
    options: Parameters<typeof setting.browsers.open>[0] = {},
  ): Promise<Page> {
    const context = await setting.browsers.open(options)
    setting.opened.push(context)
    const page = await context.newPage()
    await page.goto(url + path)
    await signIn(page, token)
    await page.locator('main h1').waitFor()
    return page
  }

  const person = (page: Page, name: string) => page.locator('.person', {hasText: name})
  const lines = (page: Page) => page.getByRole('list', {name: 'Audit log'}).getByRole('listitem')
  const said = (page: Page) => page.locator('.did').allInnerTexts()
  const confirm = (page: Page, action: string) =>
    page.getByRole('dialog').getByRole('button', {name: action}).click()

  test('somebody is invited by a link that is shown once, and joins with it', async () => {
    const product = await start()
    const page = await open(product, '/console/people')
    await page.getByRole('heading', {name: 'Nobody has been invited yet'}).waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.getByRole('button', {name: 'Invite somebody'}).click()
    expect(await page.locator(':focus').getAttribute('name')).toBe('name')
    await page.keyboard.type('shared:admin')
    await page.keyboard.press('Enter')
    expect(await page.getByRole('alert').innerText()).toContain('name')
    await page.getByLabel('Name').fill('Zoë Ada')
    await page.getByRole('radio', {name: 'Docs'}).check()
    await page.getByRole('button', {name: 'Make the link'}).click()
    const link = await page.locator('.once code').innerText()

    expect(await page.locator(':focus').innerText()).toBe('Link for Zoë Ada')
    expect(await violationsOn(page)).toEqual([])
    expect(await person(page, 'Zoë Ada').innerText()).toMatch(/Invited[\s\S]*A link works until/)
    const colleague = await (await setting.browsers.open()).newPage()
    await colleague.goto(link)
    await colleague.getByRole('button', {name: 'Take up the invitation'}).click()
    await colleague.getByRole('heading', {name: 'Welcome, Zoë Ada'}).waitFor()
    await page.getByRole('button', {name: 'Done'}).click()
    await page.reload()
    await expect.poll(() => person(page, 'Zoë Ada').innerText(), soon).toMatch(/Active/)
    expect(await page.content()).not.toContain('invitation=')
  })

  test('a role is changed after a question, and stays as it was after No', async () => {
    const product = await start()
    const bo = await join(product, 'Bo', 'support')
    const page = await open(product, '/console/people')
    const role = page.getByRole('combobox', {name: 'Role of Bo'})
    await role.selectOption('Admin')
    await page.getByRole('dialog').getByRole('button', {name: 'Cancel'}).click()
    await expect.poll(() => role.inputValue(), soon).toBe('support')
    await role.selectOption('Docs')
    await confirm(page, 'Change the role')

    await page.getByText('Bo is docs now').waitFor()
    expect((await staffApi(product, 'GET', '/me', undefined, bearer(bo.token))).body.role).toBe('docs')
    expect(await role.inputValue()).toBe('docs')
  })

  test('somebody is signed out everywhere, switched off, switched on by a new link, and the link withdrawn', async () => {
    const product = await start()
    const bo = await join(product, 'Bo', 'support')
    const may = async () => (await staffApi(product, 'GET', '/me', undefined, bearer(bo.token))).status
    const isIn = async () => (await staffApi(product, 'GET', '/me', undefined, {cookie: bo.cookie})).status
    const page = await open(product, '/console/people')
    await page.getByRole('button', {name: 'End sessions: Bo'}).click()
    await confirm(page, 'End the sessions')
    await page.getByText('Bo is signed out everywhere').waitFor()
    expect([await isIn(), await may()]).toEqual([401, 200])
    await page.getByRole('button', {name: 'Switch off: Bo'}).click()
    await confirm(page, 'Switch off')
    await page.getByText('Bo is switched off').waitFor()
    expect(await may()).toBe(401)
    await page.getByRole('button', {name: 'Switch on: Bo'}).click()
    await page.getByRole('heading', {name: 'Link for Bo'}).waitFor()
    await page.getByRole('button', {name: 'Withdraw link: Bo'}).waitFor()
    expect(await page.getByRole('button', {name: 'Switch off: Bo'}).count()).toBe(0)
    await page.getByRole('button', {name: 'Withdraw link: Bo'}).click()
    await confirm(page, 'Withdraw')
    await page.getByText('The invitation of Bo is withdrawn').waitFor()
    expect(await page.locator('.once').count()).toBe(0)
  })

  test('who is switched off is removed; nobody locks themselves out', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'admin')
    const bo = await join(product, 'Bo', 'support')
    await staffApi(product, 'POST', `/people/${bo.id}/switch-off`)
    const page = await open(product, '/console/people', ada.token)
    await page.getByRole('button', {name: 'Remove: Bo'}).click()
    await confirm(page, 'Remove')
    await page.getByText('Bo is removed').waitFor()

    expect(await page.locator('.person').count()).toBe(1)
    expect(await page.getByRole('combobox', {name: 'Role of Ada'}).isDisabled()).toBe(true)
    expect(await page.getByRole('button', {name: /Switch off|End sessions/}).count()).toBe(0)
  })

  test('one changes one’s own token, which is shown once; the session goes on', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'support')
    const page = await open(product, '/console', ada.token)
    await page.getByRole('button', {name: 'Account: Ada'}).click()
    await page.getByRole('button', {name: 'Change your token'}).click()
    expect(await violationsOn(page)).toEqual([])
    await page.getByRole('button', {name: 'Change it'}).click()
    const token = await page.getByRole('dialog').locator('code').innerText()
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').isVisible()).toBe(true)
    await page.getByRole('button', {name: 'Done'}).click()

    expect(await page.getByRole('dialog').count()).toBe(0)
    const status = async (one: string) =>
      (await staffApi(product, 'GET', '/me', undefined, bearer(one))).status
    expect([await status(ada.token), await status(token)]).toEqual([401, 200])
    await page.reload()
    await page.getByRole('button', {name: 'Account: Ada'}).waitFor()
    const shared = await open(product, '/console')
    await shared.getByRole('button', {name: /^Account/}).click()
    expect(await shared.getByRole('button', {name: 'Change your token'}).count()).toBe(0)
  })

  test('the audit log says who did what, narrowed by person, action and day, all of it in the address', async () => {
    const product = await start()
    const ada = await join(product, 'Ada', 'support')
    await askToEnd(product, 'xyzzy of the log')
    const {body} = await staffApi(product, 'GET', '/transcripts', undefined, bearer(ada.token))
    const {answerId, ref} = body.items[0]
    await staffApi(product, 'GET', `/transcripts/${answerId}`, undefined, bearer(ada.token))
    const page = await open(product, '/console/audit')
    await lines(page).first().waitFor()
    expect((await said(page)).map((words) => words.replace(/\s+/g, ' '))).toEqual([
      'admin (shared token) Admin signed in',
      `Ada Support read a transcript ${ref}`,
      'Ada Support listed transcripts',
      'Ada Support took up an invitation',
      'admin (shared token) Admin invited Ada',
    ])
    expect(await violationsOn(page)).toEqual([])

    await page.locator('.did').getByRole('link', {name: 'Ada', exact: true}).first().click()
    await expect.poll(() => lines(page).count(), soon).toBe(3)
    await page.getByRole('combobox', {name: 'What'}).selectOption('Read a transcript')
    await expect.poll(() => lines(page).count(), soon).toBe(1)
    const {search} = new URL(page.url())
    expect(search).toBe('?who=Ada&what=transcript_read')
    await page.getByLabel('To (UTC, included)').fill('2020-01-01')
    await page.getByRole('heading', {name: 'Nothing matches'}).waitFor()
    await page.goBack()
    await page.getByRole('link', {name: ref}).click()
    await page.getByRole('link', {name: 'xyzzy of the log'}).click()
    await page.getByRole('heading', {level: 1, name: 'xyzzy of the log'}).waitFor()
  })

  test('the audit log goes on page by page, and tries again when it could not be loaded', async () => {
    const product = await start()
    const bo = await join(product, 'Bo', 'support')
    for (let n = 0; n < 55; n++)
      await staffApi(product, 'PUT', `/people/${bo.id}/role`, {role: n % 2 === 0 ? 'docs' : 'support'})
    const page = await open(product, '/console/audit')
    await expect.poll(() => lines(page).count(), soon).toBe(50)
    await page.getByRole('button', {name: 'Show more'}).click()
    await page.getByText('End of the log').waitFor()
    expect(await lines(page).count()).toBe(58)

    await page.route('**/api/admin/audit**', (route) => route.abort())
    await page.reload()
    await page.getByRole('heading', {name: 'The log could not be loaded'}).waitFor()
    await page.unroute('**/api/admin/audit**')
    await page.getByRole('button', {name: 'Try again'}).click()
    await lines(page).first().waitFor()
    await page.goto(`${product.url}/console/audit?what=nonsense`)
    expect(await page.getByRole('alert').innerText()).toContain('what')
  })

  test.each([
    ['people', '/console/people'],
    ['the audit log', '/console/audit'],
  ])('%s are for the admin alone', async (_what, path) => {
    const product = await start()
    for (const token of [supportToken, docsToken]) {
      const page = await open(product, path, token)
      await page.getByRole('heading', {name: 'Not for your role'}).waitFor()
      expect(
        await page
          .getByRole('navigation', {name: 'Console'})
          .getByRole('link', {name: /People|Audit/})
          .count(),
      ).toBe(0)
      const route = path.replace('/console', '')
      expect((await staffApi(product, 'GET', route, undefined, bearer(token))).status).toBe(403)
    }
  })

  test.each([
    ['a phone', phone],
    ['the dark', {colorScheme: 'dark'}],
    ['forced colours', {forcedColors: 'active'}],
  ] as const)('people and the audit log can be read on %s', async (_where, options) => {
    const product = await start()
    await join(product, 'Bertrand with a rather long name that goes on', 'docs')
    const off = await join(product, 'Bo', 'support')
    await staffApi(product, 'POST', `/people/${off.id}/switch-off`)
    const page = await open(product, '/console/people', adminToken, options)
    for (const [path, ready] of [
      ['/console/people', '.person'],
      ['/console/audit', '.did'],
    ] as const) {
      await page.goto(product.url + path)
      await page.locator(ready).first().waitFor()
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(width).toBeLessThanOrEqual(page.viewportSize()!.width)
      expect(await violationsOn(page)).toEqual([])
    }
  })
})
