import type {Page} from 'playwright-core'
import {describe, expect, test, vi} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {askToEnd, signIn, startConsoleDocent} from '../../support/console-docent.ts'
import type {PlayedDocent} from '../../support/played-docent.ts'
import {staffApi} from '../../support/staff-people.ts'
import {supportToken} from '../../support/start-docent.ts'

/** The list of transcripts, as support staff work with it. */

vi.setConfig({testTimeout: 120_000})

const soon = {timeout: 20_000}

describe.skipIf(chromiumPath === null)('the list of transcripts', () => {
  const setting = browserSetting()

  async function start(questions: readonly string[]): Promise<PlayedDocent> {
    const docent = await startConsoleDocent(setting.webDir)
    setting.opened.push(docent)
    for (const question of questions) await askToEnd(docent, question)
    return docent
  }

  async function open(
    {url}: PlayedDocent,
    path = '/console/transcripts',
    options: Parameters<typeof setting.browsers.open>[0] = {},
  ): Promise<Page> {
    const context = await setting.browsers.open(options)
    setting.opened.push(context)
    const page = await context.newPage()
    await page.goto(url + path)
    await signIn(page, supportToken)
    await page.getByRole('heading', {name: 'Transcripts'}).waitFor()
    return page
  }

  const rows = (page: Page) => page.getByRole('list', {name: 'Transcripts'}).getByRole('listitem')
  const questionsOf = (page: Page) => page.locator('.cover').allInnerTexts()

  test('says of each answer what was asked, how it ended, what was said of it and how long it took', async () => {
    const docent = await start([])
    const broken = await askToEnd(docent, 'Broken when I ask about ports')
    await askToEnd(docent, 'Declined question')
    await fetch(`${docent.url}/api/answers/${broken.answerId}/feedback`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({rating: 'down', missing: true}),
    })
    const page = await open(docent)

    const [declined, error] = [await rows(page).nth(0).innerText(), await rows(page).nth(1).innerText()]

    expect(declined).toMatch(/Declined question[\s\S]*I cannot[\s\S]*Model declined[\s\S]*total/)
    expect(error).toMatch(
      /Broken when I ask about ports\s*The port is set by PORT, and then[\s\S]*Error[\s\S]*Missing/,
    )
    expect(await rows(page).nth(1).getByText('Thumbs down').count()).toBe(1)
    expect(await rows(page).nth(1).locator('time').getAttribute('title')).toMatch(/\d{4}, \d\d:\d\d:\d\d \S+/)
    expect(await page.locator('.total').innerText()).toBe('2 answers')
  })

  test('is narrowed by words, a filter and an order, all of it in the address, and widened again', async () => {
    const docent = await start(['Broken one', 'Broken two', 'What is a port?'])
    const page = await open(docent)
    await rows(page).nth(2).waitFor()

    await page.getByRole('searchbox').fill('broken')
    await page.keyboard.press('Enter')
    await expect.poll(() => questionsOf(page), soon).toEqual(['Broken two', 'Broken one'])
    await page.getByRole('button', {name: 'Filters'}).click()
    await page.getByRole('combobox', {name: 'Ending'}).selectOption({label: 'Error'})
    await page.getByRole('combobox', {name: 'Error', exact: true}).selectOption('upstream_cut')
    expect(await page.locator(':focus').getAttribute('name')).toBe('error')
    await page.getByRole('combobox', {name: 'Order'}).selectOption({label: 'Oldest first'})
    await expect.poll(() => questionsOf(page), soon).toEqual(['Broken one', 'Broken two'])

    const {search} = new URL(page.url())
    expect(search).toBe('?q=broken&ending=error&error=upstream_cut&sort=oldest')
    const colleague = await open(docent, `/console/transcripts${search}`)
    await expect.poll(() => questionsOf(colleague), soon).toEqual(['Broken one', 'Broken two'])
    expect(await violationsOn(page)).toEqual([])

    await page.getByRole('button', {name: 'Remove the filter Words: broken'}).click()
    await page.getByRole('button', {name: 'Clear all'}).click()
    await expect.poll(() => questionsOf(page), soon).toHaveLength(3)
    await page.goBack()
    await expect.poll(() => questionsOf(page), soon).toEqual(['Broken one', 'Broken two'])
  })

  test('has a queue of what deserves a look, which an answer leaves when it is reviewed', async () => {
    const docent = await start(['Broken one', 'Unknown thing', 'What is a port?', 'Declined one'])
    const page = await open(docent)
    await page.getByRole('link', {name: 'To review'}).click()
    await expect.poll(() => questionsOf(page), soon).toEqual(['Declined one', 'Unknown thing', 'Broken one'])

    await page.getByRole('link', {name: 'Declined one'}).click()
    await page.getByRole('radio', {name: 'Good'}).check()
    await page.getByRole('button', {name: 'Save review'}).click()
    await page.getByText('Review saved').waitFor()
    await page.getByRole('link', {name: 'Next'}).click()
    await page.getByRole('heading', {level: 1, name: 'Unknown thing'}).waitFor()

    await page.getByRole('link', {name: 'Back to the list'}).click()
    await expect.poll(() => questionsOf(page), soon).toEqual(['Unknown thing', 'Broken one'])
    for (const question of ['Unknown thing', 'Broken one']) {
      const {answerId} = (await staffApi(docent, 'GET', `/transcripts?q=${question}`)).body.items[0]
      await staffApi(docent, 'PUT', `/transcripts/${answerId}/review`, {verdict: 'good'})
    }
    await page.reload()
    await page.getByRole('heading', {name: 'Everything is reviewed'}).waitFor()
  })

  test('says when nothing matches and when there is nothing yet', async () => {
    const docent = await start([])
    const page = await open(docent)

    await page.getByRole('heading', {name: 'No answers yet'}).waitFor()
    await page.getByRole('link', {name: 'Broke off'}).click()
    await page.getByRole('heading', {name: 'Nothing matches'}).waitFor()
    expect(await violationsOn(page)).toEqual([])
  })

  test('goes on page by page, and is as it was left when one comes back', async () => {
    const docent = await start(Array.from({length: 53}, (_, n) => `Unknown number ${n}`))
    const page = await open(docent)
    await expect.poll(() => rows(page).count(), soon).toBe(50)

    await page.getByRole('button', {name: 'Show more'}).click()
    await expect.poll(() => rows(page).count(), soon).toBe(53)
    await page.getByText('End of the list').waitFor()
    await page.getByRole('link', {name: 'Unknown number 4', exact: true}).scrollIntoViewIfNeeded()
    const top = await page.evaluate(() => scrollY)
    expect(top).toBeGreaterThan(1_000)
    await page.getByRole('link', {name: 'Unknown number 4', exact: true}).click()
    await page.getByRole('heading', {name: 'Unknown number 4'}).waitFor()
    await page.goBack()

    await expect.poll(() => page.evaluate(() => scrollY), soon).toBeGreaterThan(top - 200)
    expect(await rows(page).count()).toBe(53)
    await expect.poll(() => page.locator(':focus').innerText(), soon).toBe('Unknown number 4')
    // Also where the transcript was reloaded in between, and the list is not in memory.
    await page.keyboard.press('Enter')
    await page.getByRole('heading', {name: 'Unknown number 4'}).waitFor()
    await page.reload()
    await page.getByRole('heading', {name: 'Unknown number 4'}).waitFor()
    await page.goBack()
    await expect.poll(() => rows(page).count(), soon).toBe(53)
    await expect.poll(() => page.locator(':focus').innerText(), soon).toBe('Unknown number 4')
    await expect.poll(() => page.evaluate(() => scrollY), soon).toBeGreaterThan(top - 200)
  })

  test('says how many answers are new, and shows them when asked', async () => {
    const docent = await start(['What was first?'])
    const page = await open(docent)
    await rows(page).first().waitFor()
    await askToEnd(docent, 'What came then?')
    await askToEnd(docent, 'Broken at last')

    // As when the tab comes to the front.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    const button = page.getByRole('button', {name: '2 new'})
    await button.waitFor()
    expect(await questionsOf(page)).toEqual(['What was first?'])
    await button.click()

    expect(await questionsOf(page)).toEqual(['Broken at last', 'What came then?', 'What was first?'])
    await expect.poll(() => page.locator(':focus').innerText(), soon).toBe('Broken at last')
    expect(await page.locator('.total').innerText()).toBe('3 answers')
  })

  test('keeps a view under a name, in this browser', async () => {
    const docent = await start(['Broken one', 'What is a port?'])
    const page = await open(docent, '/console/transcripts?ending=error&q=broken')
    await page.getByRole('button', {name: 'Save this view'}).click()
    await page.getByLabel('Name of the view').fill('Broken ports')
    await page.keyboard.press('Enter')
    await page.getByRole('button', {name: 'Clear all'}).click()
    await expect.poll(() => questionsOf(page), soon).toHaveLength(2)

    await page.reload()
    await page.getByRole('link', {name: 'Broken ports'}).click()
    await expect.poll(() => questionsOf(page), soon).toEqual(['Broken one'])
    expect(new URL(page.url()).search).toBe('?q=broken&ending=error')
    await page.getByRole('button', {name: 'Remove the view Broken ports'}).click()
    expect(await page.getByRole('link', {name: 'Broken ports'}).count()).toBe(0)
  })

  test('keeps words and period in another view, also words that were only typed, and has the address’s after Back', async () => {
    const docent = await start(['Broken one', 'Broken second', 'What is a port?'])
    const page = await open(docent)
    await rows(page).nth(2).waitFor()
    const box = page.getByRole('searchbox')

    await page.getByRole('combobox', {name: 'Period'}).selectOption('Today')
    await expect.poll(() => new URL(page.url()).search, soon).toMatch(/^\?from=[\dT%A:-]+Z$/)
    await box.fill('second')
    await page.getByRole('link', {name: 'Broke off'}).click()
    await expect.poll(() => questionsOf(page), soon).toEqual(['Broken second'])
    expect(new URL(page.url()).searchParams.get('q')).toBe('second')
    expect(await page.getByRole('link', {name: 'Broke off'}).getAttribute('aria-current')).toBe('true')
    await page.getByRole('button', {name: 'Remove the filter Words: second'}).click()
    await expect.poll(() => questionsOf(page), soon).toHaveLength(2)
    await box.fill('one')
    await page.getByRole('combobox', {name: 'Order'}).selectOption({label: 'Oldest first'})
    await expect.poll(() => questionsOf(page), soon).toEqual(['Broken one'])
    await box.fill('never sent')
    await page.goBack()
    await expect.poll(() => box.inputValue(), soon).toBe('')

    await page.getByRole('combobox', {name: 'Period'}).selectOption('Yesterday')
    await page.getByRole('heading', {name: 'Nothing matches'}).waitFor()
    await page.getByRole('combobox', {name: 'Period'}).selectOption('Own days…')
    const today = await page.evaluate(() => new Date().toLocaleDateString('sv'))
    await page.getByLabel('To, that day included').fill(today)
    await expect.poll(() => questionsOf(page), soon).toHaveLength(2)
    expect(await violationsOn(page)).toEqual([])
  })

  test('shows the part of an answer that has the words, marked', async () => {
    const docent = await start(['What happens when the line breaks?'])
    const page = await open(docent, '/console/transcripts?q=quiet line')

    await rows(page).first().waitFor()
    expect(await page.locator('.excerpt mark').allInnerTexts()).toEqual(['quiet', 'lines'])
    expect(await page.locator('.excerpt').innerText()).toMatch(
      /^….*HEARTBEAT_MS 15000 keeps quiet lines open/,
    )
  })

  test('says that an answer has no model where none was called', async () => {
    const docent = await start(['Unknown thing', 'What is a port?'])
    const page = await open(docent)
    await rows(page).nth(1).waitFor()
    expect(await page.locator('.model').allInnerTexts()).toEqual(['anthropic', ''])
  })

  test('does not export what the server refuses', async () => {
    const docent = await start(['Broken one'])
    const page = await open(docent, '/console/transcripts?endng=error')
    await page.getByRole('heading', {name: 'The list could not be loaded'}).waitFor()
    expect(await page.getByRole('alert').innerText()).toContain('a filter that there is not: endng.')
    expect(await page.getByRole('button', {name: 'Export'}).isDisabled()).toBe(true)
    await page.getByRole('button', {name: 'Remove the filter endng: error'}).click()
    await rows(page).first().waitFor()
    expect(await page.getByRole('button', {name: 'Export'}).isDisabled()).toBe(false)
  })

  test('exports what it shows, also when the session had ended', async () => {
    const docent = await start(['Broken one', 'What is a port?'])
    const page = await open(docent, '/console/transcripts?ending=error')
    await rows(page).first().waitFor()
    await page.context().clearCookies()
    await page.getByRole('button', {name: 'Export'}).click()
    const downloaded = page.waitForEvent('download')
    await page.getByRole('link', {name: /^CSV/}).click()
    await signIn(page, supportToken)
    const stream = await (await downloaded).createReadStream()
    let text = ''
    for await (const part of stream) text += part

    expect(text).toContain('Broken one')
    expect(text).not.toContain('What is a port?')
  })

  test('says that the server refuses or cannot be reached, and tries again', async () => {
    const docent = await start(['What is a port?'])
    const page = await open(docent)
    await rows(page).first().waitFor()
    docent.setUnreachable(true)
    await page.getByRole('link', {name: 'Disliked'}).click()
    await page.getByRole('heading', {name: 'The list could not be loaded'}).waitFor()
    expect(await violationsOn(page)).toEqual([])
    docent.setUnreachable(false)
    await page.getByRole('button', {name: 'Try again'}).click()
    await page.getByRole('heading', {name: 'Nothing matches'}).waitFor()

    await page.goto(`${docent.url}/console/transcripts?ending=nonsense`)
    expect(await page.getByRole('alert').innerText()).toContain('ending')
  })

  test('says that it could not be shown, where its script fails', async () => {
    const docent = await start(['What is a port?'])
    const page = await open(docent)
    await page.route('**/api/admin/transcripts?*', (route) =>
      route.fulfill({json: {items: [null], total: null, nextCursor: null}}),
    )
    await page.reload()
    await page.getByRole('heading', {name: 'This view could not be shown'}).waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.unroute('**/api/admin/transcripts?*')
    await page.getByRole('button', {name: 'Reload'}).click()
    await rows(page).first().waitFor()
  })

  test('fits a phone', async () => {
    const docent = await start(['Broken when I ask about ports', 'What is a port?'])
    const page = await open(docent, '/console/transcripts?q=port&ending=error', {
      viewport: {width: 375, height: 812},
      hasTouch: true,
      isMobile: true,
    })
    await rows(page).first().waitFor()
    await page.getByRole('button', {name: 'Filters'}).click()

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375)
    const order = await page.getByRole('combobox', {name: 'Order'}).boundingBox()
    expect(order!.width).toBeGreaterThan(130)
    expect(await page.getByRole('button', {name: 'Save this view'}).isVisible()).toBe(true)
    expect(await violationsOn(page)).toEqual([])
  })
})
