import type {Page} from 'playwright-core'
import {describe, expect, test, vi} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {signIn} from '../../support/console-docent.ts'
import {addPastAnswers, type PastAnswer} from '../../support/past-answers.ts'
import {
  adminToken,
  type DocentOptions,
  docsToken,
  startDocent,
  supportToken,
  type TestDocent,
} from '../../support/start-docent.ts'
import {openForTest} from '../../transcripts/samples.ts'

/** The figures of a period, as all staff see them. */

vi.setConfig({testTimeout: 120_000})

const soon = {timeout: 20_000}
const hour = 60 * 60 * 1000
const day = 24 * hour

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({length: count}, (_, i) => make(i))

/** 60 answers of yesterday and 40 of 35 days ago. */
function twoPeriods(): PastAnswer[] {
  const [yesterday, earlier] = [Date.now() - day, Date.now() - 35 * day]
  const now = (more: Partial<PastAnswer> = {}): PastAnswer => ({
    startedAt: yesterday,
    build: 'b2',
    pages: ['/docs/ports'],
    totalMs: 4_000,
    ...more,
  })
  return [
    ...times(40, () => ({startedAt: earlier, build: 'b1', totalMs: 4_000})),
    ...times(30, () => now()),
    ...times(6, () => now({rating: 'up'})),
    ...times(4, () => now({rating: 'down', model: 'large', channel: 'openai'})),
    ...times(8, () => now({ending: 'abstained', firstTokenMs: null})),
    ...times(4, () => now({ending: 'error'})),
    ...times(8, () => now({ending: 'disconnected', firstTokenMs: null, totalMs: 2_500, build: 'b3'})),
  ]
}

describe.skipIf(chromiumPath === null)('figures', () => {
  const setting = browserSetting()

  async function start(answers: readonly PastAnswer[], more: DocentOptions = {}): Promise<TestDocent> {
    const transcripts = openForTest()
    await addPastAnswers(transcripts, answers)
    const product = await startDocent({webDir: setting.webDir, transcripts, ...more})
    setting.opened.push(product)
    return product
  }

  async function open(
    {url}: TestDocent,
    path = '/console/figures',
    token = supportToken,
    options: Parameters<typeof setting.browsers.open>[0] = {},
  ): Promise<Page> {
    const context = await setting.browsers.open(options)
    setting.opened.push(context)
    const page = await context.newPage()
    await page.goto(url + path)
    await signIn(page, token)
    await page.getByRole('heading', {name: 'Figures'}).waitFor()
    return page
  }

  /** The words of a tile, without the space that breaks no line. */
  const tile = async (page: Page, label: string): Promise<string> => {
    const found = page.locator('.tile', {has: page.locator('dt', {hasText: label})})
    return (await found.first().innerText()).replaceAll('\u00a0', ' ').replace(/\s+/g, ' ')
  }
  const card = (page: Page, title: string) =>
    page.locator('.card', {has: page.getByRole('heading', {name: title, exact: true})})
  const rowsOf = async (page: Page, title: string): Promise<string[][]> => {
    const rows = await card(page, title).locator('tbody tr').all()
    return Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()))
  }

  test('of a period stand beside those of the period before', async () => {
    const page = await open(await start(twoPeriods()))
    await page.locator('.tile').first().waitFor()

    expect(await tile(page, 'Questions')).toMatch(/60 .*↑.*50 %/)
    expect(await tile(page, 'Answered')).toMatch(/67 % .*↓.*33 points worse 40 answers/)
    expect(await tile(page, 'Not in the docs')).toMatch(/13 % .*↑.*13 points worse 8 answers/)
    expect(await tile(page, 'Errors')).toMatch(/7 % .* 4 answers/)
    expect(await tile(page, 'Thumbs up')).toMatch(/60 % of 10 ratings/)
    expect(await tile(page, 'Time to first word')).toMatch(/\d+ ms = ?as before median; 95 % within: \d+ ms/)
    expect(await tile(page, 'Left before the first word')).toMatch(/13 % .* 8 visitors; 0 left later/)
    expect(await tile(page, 'Cost')).toMatch(/– a model has no price/)
    expect(await page.locator('.outcome', {hasText: '50'}).first().getAttribute('title')).toBe('Before: 40')
    expect(await violationsOn(page)).toEqual([])
  })

  test('are plotted, each with a sentence and a table of the same numbers', async () => {
    const patient = times(12, () => ({startedAt: Date.now() - day, firstTokenMs: 3_500, totalMs: 9_000}))
    const page = await open(await start([...twoPeriods(), ...patient]), '/console/figures?period=7d')
    const plots = page.locator('docent-plot')
    await plots.first().locator('canvas').waitFor()

    expect(
      await page
        .getByRole('img')
        .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')!.length > 20)),
    ).not.toContain(false)
    expect(await card(page, 'Questions').getByRole('img').getAttribute('aria-label')).toMatch(
      /^72 questions, by day and by how the answer ended; most on .*: 72\.$/,
    )
    await card(page, 'Questions').getByText('Show as a table').click()
    const rows = await rowsOf(page, 'Questions')
    expect(rows).toHaveLength(7)
    expect(rows.map((cells) => cells.slice(1))).toContainEqual(['72', '52', '8', '8', '4'])
    expect(await card(page, 'Patience').locator('p').first().innerText()).toMatch(
      /Half of the first words are there within/,
    )
    await card(page, 'Patience').getByText('Show as a table').click()
    expect((await rowsOf(page, 'Patience')).map(([wait]) => wait)).toContain('2\u00a0s to 3\u00a0s')
    expect(await violationsOn(page)).toEqual([])
  })

  test('lead to the transcripts that they count', async () => {
    const product = await start(twoPeriods())
    const page = await open(product)
    await card(page, 'Pages').getByRole('link', {name: '4', exact: true}).click()
    await expect.poll(() => page.locator('.total').innerText(), soon).toBe('4 answers')
    expect(new URL(page.url()).searchParams.get('rating')).toBe('down')
    await page.goBack()

    await card(page, 'Clients').locator('tbody').waitFor()
    expect((await rowsOf(page, 'Clients')).map(([words, answers]) => [words, answers])).toEqual([
      ['Page, widget or HTTP', '56'],
      ['OpenAI, chat completions', '4'],
    ])
    await card(page, 'Clients').getByRole('link', {name: '4', exact: true}).click()
    await expect.poll(() => page.locator('.total').innerText(), soon).toBe('4 answers')
    expect(new URL(page.url()).searchParams.get('channel')).toBe('openai')
    await page.getByText('OpenAI, chat completions').first().waitFor()
    await page.goBack()

    await card(page, 'Questions').getByText('Show as a table').click()
    await card(page, 'Questions').getByRole('link', {name: '8', exact: true}).first().click()
    await expect.poll(() => page.locator('.total').innerText(), soon).toBe('8 answers')
    await page.goBack()
    await page.locator('.tile').getByRole('link', {name: '60', exact: true}).first().click()
    await expect.poll(() => page.locator('.total').innerText(), soon).toBe('60 answers')
  })

  test('are chosen by period, days and build, all of it in the address', async () => {
    const product = await start(twoPeriods())
    const page = await open(product)
    await page.getByRole('link', {name: '90 days'}).click()
    await expect.poll(() => tile(page, 'Questions'), soon).toMatch(/^Questions 100/)
    await page.getByRole('combobox', {name: 'Build'}).selectOption('b3')
    await expect.poll(() => tile(page, 'Questions'), soon).toMatch(/^Questions 8/)
    expect(new URL(page.url()).search).toBe('?period=90d&build=b3')
    expect((await rowsOf(page, 'Builds')).map(([build]) => build)).toEqual(['b2', 'b1', 'b3'])
    await page.goBack()
    await expect.poll(() => tile(page, 'Questions'), soon).toMatch(/^Questions 100/)

    const long = new Date(Date.now() - 35 * day).toISOString().slice(0, 10)
    await page.getByLabel('To (included)').fill(long)
    await page.getByLabel('To (included)').blur()
    await expect.poll(() => tile(page, 'Questions'), soon).toMatch(/^Questions 40/)
    expect(new URL(page.url()).searchParams.get('to')).toBe(long)
    const colleague = await open(product, `/console/figures${new URL(page.url()).search}`)
    await expect.poll(() => tile(colleague, 'Questions'), soon).toMatch(/^Questions 40/)
    await page.goto(`${product.url}/console/figures?period=1y`)
    await page.getByRole('heading', {name: 'There is no such period'}).waitFor()
    await page.goto(`${product.url}/console/figures?biuld=b3`)
    expect(await page.getByRole('alert').innerText()).toContain('biuld')
  })

  test('of a few answers are said to be too few', async () => {
    const startedAt = Date.now() - hour
    const page = await open(await start(times(3, () => ({startedAt, rating: 'up' as const}))))
    await page.locator('.tile').first().waitFor()

    expect(await tile(page, 'Time to first word')).toMatch(/too few median; 95 % within: too few/)
    expect(await tile(page, 'Answered')).toMatch(/3 of 3/)
    expect(await page.locator('.change').allInnerTexts()).toEqual(Array(12).fill(''))
    expect(await card(page, 'Waiting times').locator('docent-plot').count()).toBe(0)
    expect(await card(page, 'Patience').innerText()).toMatch(/Too few visitors/)
    expect(await violationsOn(page)).toEqual([])
  })

  test('say what they cost by model where every model has a price', async () => {
    const price = {input: 1, output: 0, cacheRead: 0, cacheWrite: 0}
    const startedAt = Date.now() - hour
    const answers = [
      ...times(10, () => ({startedAt, tokens: 100_000})),
      ...times(10, () => ({startedAt, tokens: 50_000, model: 'large'})),
    ]
    const modelPrices = new Map([
      ['m', price],
      ['large', price],
    ])
    const page = await open(await start(answers, {settings: {modelPrices}}))
    await page.locator('.tile').first().waitFor()

    expect(await tile(page, 'Cost')).toMatch(/1\.50 estimated/)
    expect(await card(page, 'Cost by model').locator('p').first().innerText()).toBe(
      '1.50 in all, estimated: m 1.00, large 0.50.',
    )
    expect((await rowsOf(page, 'Models')).map((cells) => [cells[0], cells.at(-1)])).toEqual([
      ['m', '1.00'],
      ['large', '0.50'],
    ])
  })

  test('are for the docs team too, without the way to transcripts', async () => {
    const product = await start(twoPeriods())
    const page = await open(product, '/console/figures', docsToken)
    await page.locator('.tile').first().waitFor()

    expect(await page.locator('a[href^="/console/transcripts"]').count()).toBe(0)
    expect(await page.locator('.tile a').count()).toBe(0)
    const refused = await fetch(`${product.url}/api/admin/analytics`)
    expect(refused.status).toBe(401)
  })

  test('say what will be here, and try again when they could not be loaded', async () => {
    const page = await open(await start([]))
    await page.getByRole('heading', {name: 'No answers in this period'}).waitFor()
    expect(await violationsOn(page)).toEqual([])

    await page.route('**/api/admin/analytics**', (route) => route.abort())
    await page.getByRole('link', {name: '7 days'}).click()
    await page.getByRole('heading', {name: 'The figures could not be loaded'}).waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.unroute('**/api/admin/analytics**')
    await page.getByRole('button', {name: 'Try again'}).click()
    await page.getByRole('heading', {name: 'No answers in this period'}).waitFor()
  })

  test('are drawn again in the colours of the other theme, and say the numbers under the pointer', async () => {
    const page = await open(await start(twoPeriods()), '/console/figures?period=7d')
    const plot = page.locator('docent-plot').first()
    const picture = () =>
      plot.locator('canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
    await plot.locator('canvas').waitFor()
    const before = await picture()
    await page.getByRole('button', {name: /^Theme/}).click()
    await page.getByRole('button', {name: 'Theme: light'}).click()
    await expect.poll(picture, soon).not.toBe(before)

    const area = plot.locator('.u-over')
    const {width} = (await area.boundingBox())!
    await area.hover({position: {x: (width * 5.6) / 7.2, y: 60}})
    await expect.poll(() => plot.locator('.legend').innerText(), soon).toMatch(/Answered\s*40[\s\S]*20\d\d/)
  })

  test('leave their chart library to those who look at figures', async () => {
    const product = await start(twoPeriods())
    const context = await setting.browsers.open()
    setting.opened.push(context)
    const page = await context.newPage()
    const scripts: string[] = []
    page.on('response', async (response) => {
      if (!response.url().includes('console') || !response.url().endsWith('.js')) return
      if ((await response.text()).includes('u-over')) scripts.push(new URL(response.url()).pathname)
    })
    await page.goto(`${product.url}/console/transcripts`)
    await signIn(page, adminToken)
    await page.locator('.row').first().waitFor()
    expect(scripts).toEqual([])
    await page.getByRole('link', {name: 'Figures'}).click()
    await page.locator('docent-plot canvas').first().waitFor()
    expect(scripts).toHaveLength(1)
  })

  test.each([
    ['a phone', {viewport: {width: 375, height: 812}, hasTouch: true, isMobile: true}],
    ['the dark', {colorScheme: 'dark'}],
    ['forced colours', {forcedColors: 'active'}],
  ] as const)('can be read on %s', async (_where, options) => {
    const page = await open(await start(twoPeriods()), '/console/figures', supportToken, options)
    await page.locator('docent-plot canvas').first().waitFor()
    for (const summary of await page.getByText('Show as a table').all()) await summary.click()

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      page.viewportSize()!.width,
    )
    expect(await violationsOn(page)).toEqual([])
  })
})
