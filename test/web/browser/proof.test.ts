import type {Page} from 'playwright-core'
import {describe, expect, test, vi} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {type Browsers, chromiumPath} from '../../support/chromium.ts'
import {type PlayedDocent, startPlayedDocent} from '../../support/played-docent.ts'
import {drainQuote, lostQuote, tankAnswer, tankPage, tankSite} from '../../support/tank-docs.ts'

vi.setConfig({testTimeout: 240_000, hookTimeout: 120_000})

const panel = '<docs-assistant></docs-assistant>'

describe.skipIf(chromiumPath === null)('what an answer quotes', () => {
  const setting = browserSetting()

  async function open(
    path: string,
    browser: Parameters<Browsers['open']>[0] = {},
    pages: Readonly<Record<string, string>> = {},
  ): Promise<{page: Page; docent: PlayedDocent}> {
    const docent = await startPlayedDocent({
      webDir: setting.webDir,
      docs: [tankPage],
      script: () => [...tankAnswer],
      pages,
      contentSecurityPolicy: path === '/' ? undefined! : '',
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
    await page.goto(docent.url + path)
    return {page, docent}
  }

  async function ask(page: Page): Promise<void> {
    await page.locator('textarea.question').waitFor({state: 'attached'})
    if (await page.locator('.launcher').isVisible()) await page.locator('.launcher').click()
    const asked = await page.locator('.turn').count()
    await page.locator('textarea.question').fill('How do I drain a tank?')
    await page.locator('textarea.question').press('Enter')
    await page.locator('.turn.complete').nth(asked).waitFor()
  }

  const chips = (page: Page) => page.locator('.text .cite')
  const preview = (page: Page) => page.locator('.preview:popover-open')
  const pane = (page: Page) => page.locator('.section-pane')
  const markedIn = (page: Page) => pane(page).locator('mark.quoted')
  const shown = (page: Page): Promise<string> =>
    markedIn(page)
      .allTextContents()
      .then((all) => all.join(''))

  /** The words that are marked on the page around the assistant, and whether they are on the screen. */
  const markedOnPage = (page: Page): Promise<{text: string; isSeen: boolean} | null> =>
    page.evaluate(() => {
      const ranges = [...(CSS.highlights.get('docs-assistant-quote') ?? [])] as Range[]
      if (ranges.length === 0) return null
      const {top, bottom} = ranges[0]!.getBoundingClientRect()
      return {text: ranges.map(String).join(' | '), isSeen: top >= 56 && bottom <= innerHeight}
    })

  test('is marked in a preview, between the sentences around it', async () => {
    const {page} = await open('/')
    await ask(page)

    await chips(page).first().hover()
    await preview(page).locator('mark').waitFor()

    expect(await preview(page).locator('blockquote').innerText()).toBe(
      'Tell the others first. Open the lower valve, run tank --drain and wait: it takes an hour. Then look inside. …',
    )
    expect(await preview(page).locator('mark').textContent()).toBe(drainQuote.slice(0, -1))
    expect(await preview(page).locator('.path').textContent()).toBe('Tanks › Draining')
    expect(await preview(page).locator('.changed').count()).toBe(0)
  })

  test('is still shown when the page has changed or is gone, which the preview says', async () => {
    const {page} = await open('/')
    await ask(page)

    await chips(page).nth(2).hover()
    await preview(page).getByText('The page has changed').waitFor()
    expect(await preview(page).locator('blockquote').textContent()).toBe(lostQuote)

    await chips(page).nth(3).hover()
    await preview(page).getByText('This section is no longer in the docs').waitFor()
    expect(await preview(page).locator('blockquote').textContent()).toBe('Rinse it twice.')
  })

  test('is shown without a word on it by a server that has no sections to read', async () => {
    const {page} = await open('/')
    await page.route('**/api/section*', (route) => route.fulfill({status: 404, body: 'Cannot GET'}))
    await ask(page)

    const answered = page.waitForResponse('**/api/section*')
    await chips(page).first().hover()
    await answered
    await page.waitForTimeout(200)

    expect(await preview(page).locator('blockquote').textContent()).toBe(drainQuote)
    expect(await preview(page).locator('.changed').count()).toBe(0)
  })

  test('is in the address of its citation and of its source, for browsers to mark', async () => {
    const {page} = await open('/', {viewport: {width: 1000, height: 800}})
    await ask(page)

    const quoted = `${encodeURIComponent(drainQuote).replaceAll('-', '%2D')}`
    expect(await chips(page).first().getAttribute('href')).toMatch(/\/docs\/tanks#draining:~:text=/)
    expect(await chips(page).first().getAttribute('href')).toContain(`:~:text=${quoted}`)
    expect(await page.locator('a.chip').first().getAttribute('href')).toContain(`text=${quoted}&text=`)
    await chips(page).first().click()

    await page.waitForURL(/\/docs\/tanks#draining/)
    expect(await page.evaluate(() => location.hash)).toBe('#draining')
    await page.locator('mark.quoted').first().waitFor()
    expect((await page.locator('mark.quoted').allTextContents()).join('')).toBe(drainQuote.slice(0, -1))
  })

  describe('opens beside the answer in a wide window:', () => {
    const modal = {'/modal/': tankSite('<docs-assistant mode="modal"></docs-assistant>')}

    test.each([
      ['the page', '/', 1440],
      ['the page, narrower', '/', 1280],
      ['a dialog', '/modal/', 1440],
    ])(
      'in %s, the words marked and in view, while no line of the answer moves',
      async (_name, path, width) => {
        const {page} = await open(path, {viewport: {width, height: 800}}, modal)
        await ask(page)
        const places = () =>
          page.locator('.asked h2, .turn .block, .chip').evaluateAll((all) =>
            all.map((each) => {
              const {top, height, width} = each.getBoundingClientRect()
              return [top, height, width].map(Math.round)
            }),
          )
        const before = await places()

        await chips(page).nth(1).click()
        await markedIn(page).first().waitFor()

        expect(await shown(page)).toBe('Close the lid at night')
        expect(await pane(page).locator('h2').textContent()).toBe('Filling')
        const isInView = await markedIn(page)
          .first()
          .evaluate((mark) => {
            const area = mark.closest('.pane-scroll')!.getBoundingClientRect()
            const {top, bottom} = mark.getBoundingClientRect()
            return top >= area.top && bottom <= area.bottom && bottom <= innerHeight
          })
        expect(isInView).toBe(true)
        expect(await places()).toEqual(before)
        const [answer, beside] = [
          (await page.locator('.frame').boundingBox())!,
          (await pane(page).boundingBox())!,
        ]
        expect(beside.x).toBeGreaterThanOrEqual(answer.x + answer.width - 1)
        expect(beside.width).toBeGreaterThanOrEqual(360)
        expect(beside.x + beside.width).toBeLessThanOrEqual(width)
      },
    )

    test.each(['/', '/modal/'])(
      'Escape closes it alone, and the focus goes back to the citation (%s)',
      async (path) => {
        const {page} = await open(path, {}, modal)
        await ask(page)
        await chips(page).first().focus()
        await page.keyboard.press('Enter')
        await markedIn(page).first().waitFor()
        expect(
          await page.evaluate(
            () => document.querySelector('docs-assistant')!.shadowRoot!.activeElement?.className,
          ),
        ).toBe('section-pane')
        await page.keyboard.press('Escape')

        await pane(page).waitFor({state: 'detached'})
        expect(
          await chips(page)
            .first()
            .evaluate((chip) => chip.matches(':focus')),
        ).toBe(true)
        await chips(page).nth(1).waitFor()
        expect(await page.locator('.preview:popover-open').count()).toBe(0)
      },
    )

    test('the next and the previous citation', async () => {
      const {page} = await open('/')
      await ask(page)
      await chips(page).first().click()
      await markedIn(page).first().waitFor()
      expect(await pane(page).locator('.pane-bar .quiet').textContent()).toBe('1 of 4')
      expect(await pane(page).getByRole('button', {name: 'Previous'}).isDisabled()).toBe(true)

      await pane(page).getByRole('button', {name: 'Next'}).click()
      await expect.poll(() => pane(page).locator('h2').textContent()).toBe('Filling')
      await expect.poll(() => shown(page)).toBe('Close the lid at night')
      expect(await page.locator('.cite[aria-current]').count()).toBe(1)

      await pane(page).getByRole('button', {name: 'Next'}).click()
      await pane(page).getByText('The page has changed').waitFor()
      expect(await pane(page).locator('.notice blockquote').textContent()).toBe(lostQuote)

      await pane(page).getByRole('button', {name: 'Next'}).click()
      await pane(page).getByText('This section is no longer in the docs').waitFor()
      expect(await pane(page).getByRole('button', {name: 'Next'}).isDisabled()).toBe(true)
      await pane(page).getByRole('button', {name: 'Close'}).click()
      await pane(page).waitFor({state: 'detached'})
    })

    test('a failure says so, and can be tried again', async () => {
      const {page} = await open('/')
      await ask(page)
      await page.route('**/api/section*', (route) => route.abort(), {times: 1})

      await chips(page).first().focus()
      await page.keyboard.press('Enter')
      await pane(page).getByText('The section could not be loaded').waitFor()
      await pane(page).getByRole('button', {name: 'Try again'}).click()

      await expect.poll(() => shown(page)).toBe(drainQuote.slice(0, -1))
    })

    test('a source opens too, its page by a link, and a press with Ctrl opens the page', async () => {
      const {page} = await open('/')
      await ask(page)

      await page.locator('a.chip').nth(1).click()
      await expect.poll(() => shown(page)).toBe('Close the lid at night')
      expect(await pane(page).locator('.pane-bar a').getAttribute('href')).toMatch(
        /\/docs\/tanks#filling:~:text=Close/,
      )
      const opened = page.context().waitForEvent('page')
      await chips(page)
        .first()
        .click({modifiers: ['Control']})
      await (await opened).waitForURL(/\/docs\/tanks/)

      await pane(page).locator('.pane-bar a').click()
      await page.waitForURL(/\/docs\/tanks#filling/)
    })

    test.each(['light', 'dark'] as const)(
      'an accessibility checker finds nothing (%s)',
      async (colorScheme) => {
        const {page} = await open('/', {colorScheme})
        await ask(page)
        for (const [chip, words] of [
          [0, 'Tell the others'],
          [2, 'The page has changed'],
          [3, 'no longer in the docs'],
        ] as const) {
          await chips(page).nth(chip).click()
          await pane(page).getByText(words).first().waitFor()
          expect(await violationsOn(page, 'docs-assistant'), words).toEqual([])
        }
      },
    )

    test('it closes where the window becomes too narrow, with another question, and with another conversation', async () => {
      const {page} = await open('/')
      await ask(page)
      await chips(page).first().click()
      await pane(page).waitFor()

      await page.setViewportSize({width: 1000, height: 800})
      await pane(page).waitFor({state: 'detached'})
      await page.setViewportSize({width: 1500, height: 800})
      await chips(page).first().click()
      await pane(page).waitFor()
      await ask(page)
      await pane(page).waitFor({state: 'detached'})
      await chips(page).first().click()
      await pane(page).waitFor()
      await page.locator('.new:visible').first().click()

      await pane(page).waitFor({state: 'detached'})
    })

    test('the citation that it is of stays in view', async () => {
      const {page} = await open('/', {viewport: {width: 1440, height: 360}})
      await ask(page)
      await chips(page).first().click()
      for (const n of [2, 3, 4]) {
        await pane(page).getByRole('button', {name: 'Next'}).click()
        await pane(page).getByText(`${n} of 4`).waitFor()
        const isSeen = await page.locator('.cite[aria-current]').evaluate((chip) => {
          const [at, view] = [chip, chip.closest('.scroll')!].map((each) => each.getBoundingClientRect())
          return at!.top >= view!.top && at!.bottom <= view!.bottom
        })
        expect({n, isSeen}).toEqual({n, isSeen: true})
      }
    })
  })

  describe('is marked on the page itself:', () => {
    test('of the page one is on, where it stands in the section, also after scrolling', async () => {
      const {page} = await open('/docs/tanks', {}, {'/docs/tanks': tankSite(panel)})
      await ask(page)
      const before = await page.locator('main').innerHTML()

      await chips(page).nth(1).click()
      await expect.poll(() => markedOnPage(page)).toEqual({text: 'Close the lid at night', isSeen: true})
      expect(await page.evaluate(() => location.hash)).toBe('#filling')
      await page.evaluate(() => scrollTo(0, 0))
      expect(await markedOnPage(page)).toEqual({text: 'Close the lid at night', isSeen: false})

      await chips(page).first().click()
      await expect.poll(() => markedOnPage(page)).toEqual({text: drainQuote.slice(0, -1), isSeen: true})
      expect(await page.locator('main').innerHTML()).toBe(before)
      await page.keyboard.press('Escape')
      expect(await markedOnPage(page)).toBe(null)
    })

    test('in another colour where the site says so', async () => {
      const {page} = await open('/docs/tanks', {}, {'/docs/tanks': tankSite(panel)})
      await ask(page)
      await chips(page).nth(1).click()
      await expect.poll(() => markedOnPage(page)).not.toBe(null)
      const colour = () =>
        page
          .locator('main')
          .evaluate((main) => getComputedStyle(main, '::highlight(docs-assistant-quote)').backgroundColor)
      expect(await colour()).toBe('rgb(255, 229, 138)')

      await page.addStyleTag({
        content: '::highlight(docs-assistant-quote) { background-color: gold !important }',
      })
      expect(await colour()).toBe('rgb(255, 215, 0)')
    })

    test('of a single-page site, once its router shows it', async () => {
      const router = `const tanks = document.querySelector('main').innerHTML
        if (location.pathname === '/site/') document.querySelector('main').innerHTML = '<h1>Start</h1><p>Close the lid at night.</p>'
        document.addEventListener('click', (event) => {
          const link = event.target.closest('a')
          if (!link || link.origin !== location.origin) return
          event.preventDefault()
          window.routed = link.href
          setTimeout(() => {
            history.pushState(null, '', link.href)
            document.querySelector('main').innerHTML = tanks
            document.querySelector(link.hash).scrollIntoView()
          }, 300)
        })`
      const {page} = await open('/site/', {}, {'/site/': tankSite(panel, router)})
      await ask(page)

      await chips(page).nth(1).click()

      await expect.poll(() => markedOnPage(page)).toEqual({text: 'Close the lid at night', isSeen: true})
      expect(await page.evaluate(() => (window as unknown as {routed: string}).routed)).toMatch(
        /\/docs\/tanks#filling$/,
      )
    })

    test('of the docs of the server, in place of the words that the page marked when it was opened', async () => {
      const {page} = await open('/docs/tanks#draining:~:text=Tell%20the%20others')
      await page.locator('mark.quoted').first().waitFor()
      await page.locator('a.ask').click()
      await ask(page)

      await chips(page).nth(1).click()

      await expect.poll(() => markedOnPage(page)).toEqual({text: 'Close the lid at night', isSeen: true})
      expect(await page.locator('mark.quoted').count()).toBe(0)
    })

    test.each(['/site/tanks', '/docs/tanks'])(
      'of %s, in place of the words that the browser marked when it opened the page',
      async (path) => {
        const style = '<style>::target-text { background-color: plum }</style><body'
        const site = {'/site/tanks': tankSite(panel).replace('<body', style)}
        const {page} = await open(`${path}#draining:~:text=Tell%20the%20others%20first`, {}, site)
        const browsersMark = (): Promise<string> =>
          page
            .locator('main p')
            .first()
            .evaluate((words) => getComputedStyle(words, '::target-text').backgroundColor)
        if (path === '/site/tanks') {
          expect(await browsersMark()).not.toBe('rgba(0, 0, 0, 0)')
          await page.evaluate(() => history.replaceState(null, '', '/docs/tanks#draining'))
          await ask(page)
          await chips(page).nth(1).click()
          await expect.poll(() => markedOnPage(page)).toEqual({text: 'Close the lid at night', isSeen: true})
        } else await page.locator('mark.quoted').first().waitFor()

        await expect.poll(browsersMark).toBe('rgba(0, 0, 0, 0)')
        await page.keyboard.press('Escape')
        expect(await markedOnPage(page)).toBe(null)
        expect(await page.locator('mark.quoted').count()).toBe(0)
        expect(await browsersMark()).toBe('rgba(0, 0, 0, 0)')
      },
    )

    test('of a page that a citation loads, and the panel that floats over them makes way, once', async () => {
      const wide = (element: string) => tankSite(element).replace('max-width: 640px', '')
      const {page} = await open(
        '/site/',
        {viewport: {width: 1000, height: 700}},
        {'/site/': wide(panel), '/docs/tanks': wide(panel)},
      )
      await ask(page)

      await chips(page).nth(0).click()
      await page.waitForURL(/docs\/tanks/)
      await page.locator('.answer-bar').waitFor()
      expect(await markedOnPage(page)).toEqual({text: drainQuote.slice(0, -1), isSeen: true})
      await page.locator('.answer-bar .back').click()
      await page.locator('.panel .text .cite').first().waitFor()

      await page.reload()
      await page.locator('.panel .text .cite').first().waitFor()
      await page.waitForTimeout(1_000)
      expect(await markedOnPage(page)).toBe(null)
      expect(await page.locator('.answer-bar').count()).toBe(0)
    })

    test('not where the words are gone: the page goes to the section', async () => {
      const {page} = await open('/docs/tanks', {}, {'/docs/tanks': tankSite(panel)})
      await ask(page)

      await chips(page).nth(2).click()
      await page.waitForFunction(() => location.hash === '#draining')
      await page.waitForTimeout(500)

      expect(await markedOnPage(page)).toBe(null)
      const top = await page.locator('#draining').evaluate((heading) => heading.getBoundingClientRect().top)
      expect(Math.abs(top)).toBeLessThan(60)
    })
  })
})
