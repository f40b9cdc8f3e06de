import {describe, expect, test, vi} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {askToEnd, signIn, startConsoleDocent} from '../../support/console-docent.ts'
import {bearer, staffApi} from '../../support/staff-people.ts'
import {supportToken} from '../../support/start-docent.ts'

/** A conversation that support staff hand over, and whoever they give the link to. */

vi.setConfig({testTimeout: 120_000})

describe.skipIf(chromiumPath === null)('a hand-over link', () => {
  const setting = browserSetting()

  test('is made at a transcript, opened by somebody without an account, and withdrawn', async () => {
    const docent = await startConsoleDocent(setting.webDir)
    setting.opened.push(docent)
    const question = 'What happens when the line breaks?'
    const {answerId} = await askToEnd(docent, question)
    const staff = await setting.browsers.open()
    setting.opened.push(staff)
    const page = await staff.newPage()
    await page.goto(`${docent.url}/console/transcripts/${answerId}`)
    await signIn(page, supportToken)
    await page.getByRole('button', {name: 'Hand over…'}).click()
    await page.getByLabel('Note for colleagues').fill('Ticket 4711')
    expect(await violationsOn(page)).toEqual([])
    await page.getByRole('button', {name: 'Make the link'}).click()
    const url = await page.locator('.token code').innerText()
    await page.getByRole('link', {name: 'Hand-over links'}).click()
    const list = page.getByRole('list', {name: 'Hand-over links'})
    expect(await list.innerText()).toMatch(/line breaks\?[\s\S]*Ticket 4711[\s\S]*not opened yet/)

    const stranger = await setting.browsers.open({viewport: {width: 390, height: 800}, colorScheme: 'dark'})
    setting.opened.push(stranger)
    const read = await stranger.newPage()
    const problems: string[] = []
    read.on('console', (message) => problems.push(message.text()))
    await read.goto(url)
    await read.getByRole('heading', {name: 'What happens when the line breaks?'}).waitFor()
    expect(await read.locator('strong').innerText()).toContain('kept on the server')
    await read.locator('a.cite').first().click()
    expect(await read.locator('li:target').innerText()).toContain('What is logged')
    const width = await read.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    expect(await violationsOn(read)).toEqual([])
    expect(problems).toEqual([])

    await page.reload()
    await list.getByText('opened 1 time').waitFor()
    expect(await violationsOn(page)).toEqual([])
    const withdraw = async () => {
      await list.getByRole('button', {name: 'Withdraw'}).click()
      await page.getByRole('dialog').getByRole('button', {name: 'Withdraw'}).click()
    }
    await page.route('**/api/admin/handovers**', (route) => route.abort())
    await withdraw()
    await page.getByRole('status').filter({hasText: /reach/}).waitFor()
    expect(await list.innerText()).toContain('opened 1 time')
    await page.unroute('**/api/admin/handovers**')
    await withdraw()
    await list.getByText('Withdrawn').waitFor()
    await read.reload()
    await read.getByRole('heading', {name: 'This link no longer works'}).waitFor()
    expect(await read.content()).not.toContain('kept on the server')

    const path = `/transcripts/${answerId}`
    await staffApi(docent, 'POST', `${path}/handover`, {}, bearer(supportToken))
    await staffApi(docent, 'DELETE', path)
    await page.reload()
    const ended = list.getByRole('listitem').filter({hasText: 'Ended with its transcript'})
    expect(await ended.innerText()).not.toMatch(/Works until|Withdraw/)
  })
})
