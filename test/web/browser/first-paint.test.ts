import type {Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import type {Settings} from '../../../src/settings/settings.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {type Browsers, chromiumPath} from '../../support/chromium.ts'
import {startDocent, type TestDocent} from '../../support/start-docent.ts'

const desktop = {viewport: {width: 1280, height: 800}}
const phone = {viewport: {width: 375, height: 812}, hasTouch: true, isMobile: true}

const set: Partial<Settings> = {
  assistantName: 'Ask Acme',
  assistantLogo: '/icon.svg',
  assistantAccent: '#0b6e4f #6fd3ae',
  assistantRadius: 6,
  assistantGreeting: 'All about Acme, from how to install it to how to mend it.',
  assistantFooter: 'May be wrong. [Privacy](https://acme.example/privacy)',
  assistantSuggestions: ['How do I begin?', 'How do I set the port of a server that runs behind a proxy?'],
  handOverUrl: 'https://help.example/new',
}

/** What must stay in its place when the assistant takes over. */
const parts = [
  '.brand',
  '.side .new',
  '.side > .label',
  '.docs',
  '.hero > .icon',
  '.hero h2',
  '.hero p',
  '.ask',
  '.question',
  '.primary',
  '.footer',
  '.after .label',
  '.asks',
  '.menu',
]

describe.skipIf(chromiumPath === null)('the page at /, before its script', () => {
  const setting = browserSetting()
  let docent: TestDocent

  async function open(
    browser: Parameters<Browsers['open']>[0],
    settings: Partial<Settings> = set,
  ): Promise<Page> {
    docent = await startDocent({webDir: setting.webDir, generator: null, settings})
    const context = await setting.browsers.open({locale: 'en-US', ...browser})
    setting.opened.push(docent, context)
    context.setDefaultTimeout(60_000)
    return context.newPage()
  }

  /** Keeps the widget back; returns what lets it come. */
  async function hold(page: Page): Promise<() => void> {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/widget.js', async (route) => {
      await held
      await route.fallback()
    })
    return () => release()
  }

  const drawn = (page: Page): Promise<unknown> =>
    page.waitForFunction(() => document.querySelector('docs-assistant')?.shadowRoot?.querySelector('.ask'))

  const placesOn = (page: Page): Promise<Record<string, string>> =>
    page.evaluate((selectors) => {
      const element = document.querySelector('docs-assistant')!
      const root = element.shadowRoot?.querySelector('.root') ? element.shadowRoot : element
      return Object.fromEntries(
        selectors.flatMap((selector) => {
          const part = root.querySelector(selector)
          if (part === null) return []
          const {x, y, width, height} = part.getBoundingClientRect()
          return [[selector, [x, y, width, height].map(Math.round).join()]]
        }),
      )
    }, parts)

  test.each([
    ['a desktop', desktop, set],
    ['a dark phone', {...phone, colorScheme: 'dark' as const}, set],
    ['a desktop in Arabic', {...desktop, locale: 'ar'}, set],
    ['a desktop, with nothing set', {...desktop, locale: 'de'}, {}],
  ])('on %s nothing moves when the assistant takes its place', async (_name, browser, settings) => {
    const page = await open(browser, settings)
    const release = await hold(page)
    await page.addInitScript(() => {
      Object.assign(window, {shift: 0})
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & {value: number})[])
          (window as unknown as {shift: number}).shift += entry.value
      }).observe({type: 'layout-shift', buffered: true})
    })
    await page.goto(docent.url)
    const before = await placesOn(page)
    const words = await page.locator('.hero').innerText()
    const colour = await page
      .locator('.primary')
      .evaluate((button) => getComputedStyle(button).backgroundColor)
    release()
    await drawn(page)

    expect(Object.keys(before).length).toBeGreaterThan(9)
    // The logo is drawn once more.
    await expect.poll(() => placesOn(page)).toEqual(before)
    expect(await page.locator('.hero').innerText()).toBe(words)
    expect(
      await page.locator('.primary').evaluate((button) => getComputedStyle(button).backgroundColor),
    ).toBe(colour)
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    )
    expect(await page.evaluate(() => (window as unknown as {shift: number}).shift)).toBe(0)
  })

  test('on a slow machine it is painted before the assistant is even loaded', async () => {
    const page = await open(desktop)
    const protocol = await page.context().newCDPSession(page)
    await protocol.send('Emulation.setCPUThrottlingRate', {rate: 4})
    await page.addInitScript(() => {
      const define = customElements.define.bind(customElements)
      customElements.define = (...all) => {
        Object.assign(window, {defined: performance.now()})
        define(...all)
      }
    })
    await page.goto(docent.url)
    await drawn(page)

    const {painted, defined} = await page.evaluate(() => ({
      painted: performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
      defined: (window as unknown as {defined: number}).defined,
    }))
    expect(painted).toBeLessThan(defined)
  })

  test('what is typed before the assistant is there stands in its box, with the keyboard', async () => {
    const page = await open(desktop)
    const release = await hold(page)
    await page.goto(docent.url)
    await page.locator('input.question').fill('How do I')
    release()
    await drawn(page)
    await page.locator('textarea.question:focus').waitFor()

    expect(await page.locator('textarea.question').inputValue()).toBe('How do I')
    expect(await page.locator('docs-assistant').evaluate((element) => element.childElementCount)).toBe(0)
  })

  test('a suggestion is a link that asks, and the address is then clean', async () => {
    const page = await open(desktop)
    const release = await hold(page)
    await page.goto(docent.url)
    await page.locator('a.asks').first().click()
    await page.waitForURL('**/?q=*')
    expect(await page.locator('input.question').inputValue()).toBe('How do I begin?')
    release()
    await page.locator('.turn[aria-busy=false]').waitFor()

    expect(await page.locator('.asked h2').innerText()).toBe('How do I begin?')
    expect(new URL(page.url()).search).toBe('')
  })

  test('without a script the box searches the docs, and the page says so', async () => {
    const page = await open({...desktop, javaScriptEnabled: false, locale: 'de'})
    await page.goto(docent.url)

    expect(await page.locator('noscript .keys').isVisible()).toBe(true)
    expect(await page.locator('.keys').textContent()).toContain('Der Assistent braucht JavaScript.')
    expect(await page.locator('.side .new').isVisible()).toBe(false)
    await page.locator('input.question').fill('port')
    await page.locator('input.question').press('Enter')
    await page.waitForURL('**/docs/search?q=port')
  })

  test('the chosen theme and language are there at once, and no first screen before a conversation that goes on', async () => {
    const page = await open(desktop)
    await page.goto(docent.url)
    await drawn(page)
    await page.locator('.side select').selectOption('de')
    await page.getByRole('button', {name: 'Dunkel oder hell'}).click()
    await page.locator('textarea.question').fill('How do I set the port?')
    await page.locator('textarea.question').press('Enter')
    await page.locator('.turn[aria-busy=false]').waitFor()
    const release = await hold(page)
    await page.reload()

    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(19, 20, 24)')
    expect(await page.locator('.hero').isVisible()).toBe(false)
    // Written in English, it is not shown to a reader of German.
    expect(await page.locator('.brand').isVisible()).toBe(false)
    release()
    await page.locator('.turn').waitFor()
    expect(await page.locator('.side .new').innerText()).toBe('Neues Gespräch')
  })
})
