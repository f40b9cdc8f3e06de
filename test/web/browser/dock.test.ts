import type {Page} from 'playwright-core'
import {describe, expect, test, vi} from 'vitest'
import type {DocsAssistant} from '../../../src/web/assistant/docs-assistant.ts'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {type Browsers, chromiumPath} from '../../support/chromium.ts'
import {type PlayedDocent, startPlayedDocent} from '../../support/played-docent.ts'
import {tankAnswer, tankPage, tankSite} from '../../support/tank-docs.ts'

vi.setConfig({testTimeout: 240_000, hookTimeout: 120_000})

const phone = {viewport: {width: 375, height: 812}, hasTouch: true, isMobile: true}

describe.skipIf(chromiumPath === null)('the panel and the page', () => {
  const setting = browserSetting()

  async function open(
    site: string,
    browser: Parameters<Browsers['open']>[0] = {},
    more: Readonly<Record<string, string>> = {},
    contentSecurityPolicy = '',
  ): Promise<{page: Page; docent: PlayedDocent}> {
    const docent = await startPlayedDocent({
      webDir: setting.webDir,
      docs: [tankPage],
      script: (question) =>
        question === 'Slowly?'
          ? [...tankAnswer.slice(0, -1), {hold: true}, ...tankAnswer.slice(-1)]
          : [...tankAnswer],
      pages: {'/docs/tanks': site, ...more},
      contentSecurityPolicy,
    })
    const context = await setting.browsers.open({
      locale: 'en-US',
      viewport: {width: 1440, height: 800},
      reducedMotion: 'reduce',
      ...browser,
    })
    setting.opened.push(docent, context)
    context.setDefaultTimeout(60_000)
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto(`${docent.url}/docs/tanks`)
    await page.locator('docs-assistant .root').waitFor({state: 'attached'})
    return {page, docent}
  }

  const tanks = (attributes = '', script = ''): string =>
    tankSite(`<docs-assistant ${attributes}></docs-assistant>`, script)

  async function show(page: Page): Promise<void> {
    await page.locator('.launcher').click()
    await page.locator('.panel textarea.question').waitFor()
  }

  async function ask(page: Page, question = 'How do I drain a tank?'): Promise<void> {
    await page.locator('textarea.question').fill(question)
    await page.locator('textarea.question').press('Enter')
    await page.locator('.text .cite').nth(3).waitFor()
  }

  const panelBox = async (page: Page) => (await page.locator('.panel').boundingBox())!
  const isDocked = (page: Page): Promise<boolean> => page.locator('.panel.docked').count().then(Boolean)
  const widthOf = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.getBoundingClientRect().width)
  const grip = (page: Page) => page.locator('.grip')

  describe('where there is room:', () => {
    test('it docks beside the text, below the header of the site, and gives all back when it closes', async () => {
      const {page} = await open(tanks())
      const before = await page.evaluate(() => ({
        html: document.documentElement.outerHTML.replace(/<docs-assistant.*/s, ''),
        sheets: document.adoptedStyleSheets.length,
      }))
      const whole = await widthOf(page)

      await show(page)

      expect(await isDocked(page)).toBe(true)
      const panel = await panelBox(page)
      const text = (await page.locator('main').boundingBox())!
      expect(text.x + text.width).toBeLessThanOrEqual(panel.x)
      expect(panel.y).toBeGreaterThanOrEqual(56)
      expect(panel.x + panel.width).toBeCloseTo(whole, 0)
      expect(await widthOf(page)).toBeCloseTo(whole - panel.width, 0)
      const dock = await page.evaluate(() =>
        getComputedStyle(document.documentElement).getPropertyValue('--docs-assistant-dock'),
      )
      expect(dock).toBe(`${panel.width}px`)

      await page.keyboard.press('Escape')
      await page.locator('.launcher').waitFor()
      expect(await widthOf(page)).toBe(whole)
      expect(
        await page.evaluate(() => ({
          html: document.documentElement.outerHTML.replace(/<docs-assistant.*/s, ''),
          sheets: document.adoptedStyleSheets.length,
        })),
      ).toEqual(before)
    })

    test('it leaves what the reader sees of the page in its place', async () => {
      const {page} = await open(tanks().replace('max-width: 640px', ''))
      await page.locator('#filling').evaluate((heading) => heading.scrollIntoView({block: 'start'}))
      await page.evaluate(() => scrollBy(0, -120))
      const top = () => page.locator('#filling').evaluate((heading) => heading.getBoundingClientRect().top)
      const before = await top()

      await show(page)
      await page.waitForTimeout(200)

      expect(await isDocked(page)).toBe(true)
      expect(Math.abs((await top()) - before)).toBeLessThan(60)
    })

    test('it lies above the button of another assistant on the page', async () => {
      const {page} = await open(tanks())
      await page.evaluate(() => document.body.append(document.createElement('docs-assistant')))
      await page.locator('.launcher').nth(1).waitFor()

      await page.evaluate(() => document.querySelector<DocsAssistant>('docs-assistant')!.show())
      await page.locator('.panel.docked').waitFor()

      const isAbove = await page.evaluate(() => {
        const [first, second] = document.querySelectorAll('docs-assistant')
        const {left, top} = second!.shadowRoot!.querySelector('.launcher')!.getBoundingClientRect()
        return document.elementFromPoint(left + 20, top + 20) === first
      })
      expect(isAbove).toBe(true)
    })

    test('it keeps its place when a router moves it into the next page during a transition', async () => {
      const {page} = await open(tanks())
      await show(page)
      const before = await panelBox(page)

      await page.evaluate(
        () =>
          document.startViewTransition(() => {
            document.body.append(document.querySelector('docs-assistant')!)
          }).finished,
      )

      expect(await isDocked(page)).toBe(true)
      expect(await panelBox(page)).toEqual(before)
    })

    test('its edge is dragged and moved by keys within limits, and the width is remembered', async () => {
      const {page, docent} = await open(tanks())
      await show(page)
      const at = (await grip(page).boundingBox())!
      const width = () => panelBox(page).then((box) => box.width)
      const before = await width()

      await page.mouse.move(at.x + 4, at.y + 300)
      await page.mouse.down()
      await page.mouse.move(at.x - 96, at.y + 300, {steps: 4})
      await page.mouse.up()
      expect(await width()).toBe(before + 100)
      await page.mouse.move(at.x - 200, at.y + 300)
      expect(await width()).toBe(before + 100)

      await grip(page).focus()
      await page.keyboard.press('ArrowRight')
      expect(await width()).toBe(before + 84)
      expect(await grip(page).getAttribute('aria-valuenow')).toBe(String(before + 84))
      await page.keyboard.press('Home')
      expect(await width()).toBe(320)
      await page.keyboard.press('End')
      expect(await width()).toBe(640)
      expect(await widthOf(page)).toBe(1440 - 640)
      await page.keyboard.press('ArrowRight')

      await page.goto(`${docent.url}/docs/tanks`)
      await page.locator('.panel.docked').waitFor()
      expect(await width()).toBe(624)
    })

    test.each([
      ['at the start', '<html lang="en">', 'position="start"', 'left'],
      ['in a language from right to left', '<html lang="ar" dir="rtl">', '', 'left'],
      ['there at the start', '<html lang="ar" dir="rtl">', 'position="start"', 'right'],
    ])('%s it docks and is resized on the other side', async (_name, html, attributes, side) => {
      const {page} = await open(tanks(attributes).replace('<html lang="en">', html))
      await show(page)

      const panel = await panelBox(page)
      expect(await isDocked(page)).toBe(true)
      expect(side === 'left' ? panel.x : panel.x + panel.width).toBe(side === 'left' ? 0 : 1440)
      const at = (await grip(page).boundingBox())!
      expect(
        Math.abs(at.x + at.width / 2 - (side === 'left' ? panel.x + panel.width : panel.x)),
      ).toBeLessThan(8)
      await grip(page).focus()
      await page.keyboard.press(side === 'left' ? 'ArrowRight' : 'ArrowLeft')
      expect((await panelBox(page)).width).toBe(panel.width + 16)
    })

    describe('the next page keeps its place when it is loaded:', () => {
      /** Sums the layout shifts of the pages from now on, and loads the script of the widget late. */
      async function watchShift(page: Page): Promise<() => Promise<number>> {
        await page.route('**/widget.js*', async (route) => {
          await new Promise((resolve) => setTimeout(resolve, 1_000))
          await route.continue()
        })
        await page.addInitScript(() => {
          Object.assign(window, {shift: 0})
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as (PerformanceEntry & {value: number})[])
              Object.assign(window, {shift: (window as unknown as {shift: number}).shift + entry.value})
          }).observe({type: 'layout-shift', buffered: true})
        })
        return () => page.evaluate(() => (window as unknown as {shift: number}).shift)
      }

      test('in the docs of the server, until the panel is closed', async () => {
        const {page, docent} = await open(tanks(), {}, {}, "default-src 'self'; script-src 'self'")
        await page.goto(`${docent.url}/docs/streaming-and-resuming`)
        const whole = await widthOf(page)
        await page.locator('a.ask').click()
        await page.locator('.panel.docked').waitFor()
        const shift = await watchShift(page)

        await page.reload({waitUntil: 'commit'})
        await page.locator('main').waitFor()
        expect(await widthOf(page)).toBe(whole - 400)
        await page.locator('.panel.docked').waitFor()
        await page.waitForTimeout(300)
        expect(await shift()).toBe(0)
        expect(await page.evaluate(() => document.adoptedStyleSheets.length)).toBe(1)

        await page.locator('.panel').getByRole('button', {name: 'Close', exact: true}).click()
        await expect.poll(() => widthOf(page)).toBe(whole)
        await page.reload()
        expect(await widthOf(page)).toBe(whole)
      })

      test('and has its room back where the panel does not open again', async () => {
        const {page, docent} = await open(tanks())
        await page.goto(`${docent.url}/docs/streaming-and-resuming`)
        const whole = await widthOf(page)
        await page.evaluate(() => sessionStorage.setItem('docent:docked', 'right 400'))

        await page.reload()

        await expect.poll(() => widthOf(page), {timeout: 30_000}).toBe(whole)
      })

      test('on a site that waits for the script of the widget', async () => {
        const late = tanks().replace('max-width: 640px', 'max-width: 640px; margin: auto')
        const site = late.replace('defer>', 'defer blocking="render">')
        const {page, docent} = await open(site, {}, {'/docs/late': late})
        await show(page)
        const shift = await watchShift(page)

        await page.goto(`${docent.url}/docs/late`)
        await page.locator('.panel.docked').waitFor()
        await page.waitForTimeout(300)
        expect(await shift()).toBeGreaterThan(0.02)

        await page.goto(`${docent.url}/docs/tanks`)
        await page.locator('.panel.docked').waitFor()
        await page.waitForTimeout(300)
        expect(await shift()).toBeLessThan(0.001)
      })
    })
  })

  describe('where there is none, it floats:', () => {
    test.each([
      ['a narrow window', {width: 1000, height: 800}, tanks()],
      [
        'a page that would be wider than its room',
        {width: 1440, height: 800},
        tanks().replace('max-width: 640px', 'width: 1300px'),
      ],
      [
        'a page with an outline that is fixed where the panel would be',
        {width: 1440, height: 800},
        tanks().replace(
          '<main',
          '<nav style="position: fixed; top: 200px; left: 1180px; width: 200px"><a href="#filling">Filling</a></nav><main',
        ),
      ],
      ['a site that does not want it', {width: 1440, height: 800}, tanks('dock="off"')],
    ])('%s', async (_name, viewport, site) => {
      const {page} = await open(site, {viewport})
      const whole = await widthOf(page)

      await show(page)

      expect(await isDocked(page)).toBe(false)
      expect(await widthOf(page)).toBe(whole)
      expect(await grip(page).count()).toBe(0)
      expect((await panelBox(page)).width).toBe(440)
    })

    test('it docks and floats as the window changes, and everywhere that is wide enough where the site says so', async () => {
      const {page} = await open(tanks('dock="on"'), {viewport: {width: 900, height: 800}})
      await show(page)
      expect(await isDocked(page)).toBe(true)

      await page.setViewportSize({width: 700, height: 800})
      await expect.poll(() => isDocked(page)).toBe(false)
      expect(await widthOf(page)).toBe(700)
      await page.setViewportSize({width: 1300, height: 800})
      await expect.poll(() => isDocked(page)).toBe(true)
      await page.locator('docs-assistant').evaluate((element) => element.remove())
      expect(await widthOf(page)).toBe(1300)
    })

    test('it is judged anew when a router shows another page, or styles come late', async () => {
      const {page} = await open(tanks())
      await show(page)
      const go = (path: string, content: string): Promise<void> =>
        page.evaluate(
          ([address, html]) => {
            history.pushState(null, '', address)
            document.title = address!
            document.querySelector('main')!.innerHTML = html!
          },
          [path, content],
        )
      const until = (isExpected: boolean) =>
        expect.poll(() => isDocked(page), {timeout: 30_000}).toBe(isExpected)

      await go('/docs/wide', '<div style="width: 1300px">A landing page</div>')
      await until(false)
      expect(await widthOf(page)).toBe(1440)
      await go('/docs/narrow', '<p>A page with room</p>')
      await until(true)
      expect(await widthOf(page)).toBe(1040)
      await page.addStyleTag({content: 'main { min-width: 1300px }'})
      await until(false)
    })

    test('it makes way where it would lie on the words that it shows', async () => {
      const {page} = await open(
        tanks('dock="off"').replace('max-width: 640px', '').replace('16px/1.6', '30px/1.6'),
      )
      await show(page)
      await ask(page)

      await page.locator('.text .cite').first().click()
      await page.locator('.answer-bar').waitFor()
      await page.locator('.answer-bar .back').click()

      await page.locator('.panel .text .cite').first().waitFor()
    })
  })

  describe('on a phone:', () => {
    test('a source of the page leaves a bar, and the answer comes back where it was', async () => {
      const {page, docent} = await open(tanks(), phone)
      await page.locator('.launcher').tap()
      await ask(page)
      await ask(page, 'Slowly?')
      const scroller = page.locator('.panel .scroll')
      await scroller.evaluate((area) => area.scrollTo(0, 40))
      const before = await scroller.evaluate((area) => area.scrollTop)
      const chip = page.locator('.turn').nth(1).locator('a.chip').first()

      await chip.tap()
      const bar = page.locator('.answer-bar')
      await bar.waitFor()

      await expect
        .poll(() =>
          page.evaluate(() => [...(CSS.highlights.get('docs-assistant-quote') ?? [])].map(String).join()),
        )
        .toContain('Open the lower valve')
      const box = (await bar.boundingBox())!
      expect(box.y).toBeGreaterThan(812 - 90)
      expect(await bar.innerText()).toMatch(/Back to the answer\s*Slowly\?/)
      expect(await page.locator('.panel').isVisible()).toBe(false)
      expect(await violationsOn(page, 'docs-assistant')).toEqual([])
      docent.release()
      await page.locator('.turn.complete').nth(1).waitFor({state: 'attached'})
      await bar.getByRole('button', {name: /Back to the answer/}).tap()

      await bar.waitFor({state: 'detached'})
      expect(await page.locator('.panel').isVisible()).toBe(true)
      expect(Math.abs((await scroller.evaluate((area) => area.scrollTop)) - before)).toBeLessThan(8)
    })

    test('Escape brings the answer back, and the cross closes it', async () => {
      const {page} = await open(tanks(), phone)
      await page.locator('.launcher').tap()
      await ask(page)
      await page.locator('a.chip').first().tap()
      await page.locator('.answer-bar').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('.answer-bar').waitFor({state: 'detached'})
      expect(await page.locator('.panel').isVisible()).toBe(true)

      await page.locator('a.chip').first().tap()
      await page.locator('.answer-bar').getByRole('button', {name: 'Close'}).tap()
      await page.locator('.launcher').waitFor()
      expect(await page.locator('docs-assistant[opened]').count()).toBe(0)
    })

    test('a source of another page leaves the bar there too', async () => {
      const {page, docent} = await open(tanks(), phone, {'/docs/other': tanks()})
      await page.locator('.launcher').tap()
      await ask(page)

      await page.goto(`${docent.url}/docs/other`)
      await page.locator('.answer-bar').waitFor()
      await page.locator('.answer-bar .back').tap()

      await page.locator('.panel .text .cite').first().waitFor()
    })

    test('a dialog makes way as well', async () => {
      const {page} = await open(tanks('mode="modal"'), phone)
      await page.locator('.launcher').tap()
      await ask(page)
      await page.locator('a.chip').first().tap()
      await page.locator('.answer-bar').waitFor()
      expect(await page.locator('dialog[open]').count()).toBe(0)

      await page.locator('.answer-bar .back').tap()
      await page.locator('dialog[open] .text .cite').first().waitFor()
    })
  })

  test.each([
    [
      'a code block under a heading',
      '<h2>Run it</h2><pre style="width: 600px">npm run tank -- --drain</pre>',
      'pre',
    ],
    [
      'a code block beside the open panel',
      '<div style="height: 300px"></div><pre style="width: 100%">npm run tank</pre>',
      'pre',
    ],
  ])('the offer to ask about %s lies on no heading and not on the panel', async (_name, content, target) => {
    const site = tanks('selection="main" dock="off"').replace('max-width: 640px', '')
    const {page} = await open(site.replace('<h2 id="draining">', `${content}<h2 id="draining">`), {
      viewport: {width: 1200, height: 800},
    })
    await show(page)
    await page
      .locator(target)
      .first()
      .evaluate((element) => element.scrollIntoView({block: 'center'}))

    await page
      .locator(target)
      .first()
      .hover({position: {x: 20, y: 10}})
    await page.locator('.offer').waitFor()

    const covered = await page.locator('.offer').evaluate((offer) => {
      const mine = offer.getBoundingClientRect()
      const panel = offer.getRootNode() as ShadowRoot
      const others = [...document.querySelectorAll('h1, h2'), panel.querySelector('.panel')!]
      return others
        .filter((other) => {
          const {left, right, top, bottom} = other.getBoundingClientRect()
          return left < mine.right && right > mine.left && top < mine.bottom && bottom > mine.top
        })
        .map((other) => other.className || other.textContent)
    })
    expect(covered).toEqual([])
  })

  test('an accessibility checker finds nothing in a docked panel and a preview', async () => {
    const {page} = await open(tanks())
    await show(page)
    await ask(page)
    await page.locator('.text .cite').first().hover()
    await page.locator('.preview mark').waitFor()

    expect(await violationsOn(page, 'docs-assistant')).toEqual([])
  })
})
