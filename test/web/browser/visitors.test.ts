import {describe, expect, test, vi} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {askToEnd, signIn, startConsoleDocent} from '../../support/console-docent.ts'
import {adminToken} from '../../support/start-docent.ts'

vi.setConfig({testTimeout: 120_000})

describe.skipIf(chromiumPath === null)('what a visitor leaves behind', () => {
  const setting = browserSetting()

  test('a source that is opened on the page is seen by staff, and all of it is deleted by address', async () => {
    const docent = await startConsoleDocent(setting.webDir)
    setting.opened.push(docent)
    const context = await setting.browsers.open()
    setting.opened.push(context)
    const question = 'What happens when the line breaks?'
    const {answerId: first} = await askToEnd(docent, question)
    const page = await context.newPage()
    await page.goto(docent.url)
    await page.locator('docs-assistant textarea').fill(question)
    await page.keyboard.press('Enter')
    await page.locator('.found .quiet-button').first().waitFor()
    const reported = page.waitForResponse(
      (response) =>
        response.url().endsWith('/timings') && 'opened' in (response.request().postDataJSON() as object),
    )
    await page.locator('.found .chip').nth(1).click()
    expect((await reported).status()).toBe(204)

    await page.goto(`${docent.url}/console/figures`)
    await signIn(page, adminToken)
    const places = page.locator('.card', {has: page.getByRole('heading', {name: 'Sources opened'})})
    const second = places.locator('tbody tr').nth(1)
    await vi.waitFor(async () => expect(await second.innerText()).toMatch(/^2\s+2\s+1/), {timeout: 20_000})
    expect(
      await page
        .locator('.card', {has: page.getByRole('heading', {name: 'Asked most'})})
        .locator('tbody tr')
        .innerText(),
    ).toMatch(/What happens when the line breaks\?\s+2/)
    expect(await violationsOn(page)).toEqual([])
    await shot('figures')

    await page.goto(`${docent.url}/console/transcripts/${first}`)
    await page.getByRole('link', {name: 'Other questions from this address'}).click()
    await page.getByText('Asked from address').waitFor()
    await page.goBack()
    await page.getByRole('button', {name: 'Delete everything from this address…'}).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('People behind one network').waitFor()
    expect(await violationsOn(page)).toEqual([])
    await shot('dialog')
    await dialog.getByRole('button', {name: 'Delete 2 answers for good'}).click()
    await page.getByText('Deleted 2 answers').waitFor()
    expect((await fetch(`${docent.url}/api/answers/${first}`)).status).toBe(404)

    async function shot(name: string): Promise<void> {
      if (process.env['SHOTS'])
        await page.screenshot({path: `${process.env['SHOTS']}/${name}.png`, fullPage: true})
    }
  })
})
