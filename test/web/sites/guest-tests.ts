import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {BrowserContextOptions, Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import * as claude from '../../support/fake-claude.ts'
import {fixtures, obstacleTo} from './build-site.ts'
import {documentedFiles} from './documented-files.ts'
import {type GuestSite, plainPage, startGuestSite} from './guest-site.ts'
import {elementAt, isInView, textsBehindPanel} from './seen.ts'
import type {SiteKind} from './site-kind.ts'
import {stylesBeside, stylesInside} from './styles-of.ts'

/** Installing and building a site on a slow machine. */
const buildMs = 900_000

/** Time for one step on a slow machine. */
const stepMs = 60_000

const until: typeof expect.poll = (value, options = {}) => expect.poll(value, {timeout: stepMs, ...options})

const phone: BrowserContextOptions = {viewport: {width: 375, height: 812}, hasTouch: true, isMobile: true}

/** Declares the tests that hold in a site of any kind. */
export async function guestTests(kind: SiteKind): Promise<void> {
  const obstacle = await obstacleTo(kind)
  if (obstacle !== null) console.log(obstacle)

  describe.skipIf(chromiumPath === null || obstacle !== null)(
    `in a site made with ${kind.heading}, the assistant`,
    {timeout: 5 * stepMs},
    () => {
      const setting = browserSetting()
      let site: GuestSite

      beforeAll(async () => {
        site = await startGuestSite(kind)
      }, buildMs)

      afterAll(() => site?.close())

      async function open(
        options: BrowserContextOptions = {},
        docent = site.quoting,
        path = '/',
      ): Promise<Page> {
        site.use(docent)
        const context = await setting.browsers.open({locale: 'en-US', reducedMotion: 'reduce', ...options})
        setting.opened.push(context)
        context.setDefaultTimeout(stepMs)
        const page = await context.newPage()
        await page.goto(site.url + path, {waitUntil: 'networkidle'})
        await page.locator('docs-assistant .launcher').waitFor()
        return page
      }

      const isOpen = (page: Page): Promise<boolean> =>
        page.locator('docs-assistant[opened]').count().then(Boolean)
      const isSearching = (page: Page): Promise<boolean> =>
        page.locator(kind.search.open).count().then(Boolean)
      const leaveSearch = async (page: Page): Promise<void> => {
        await page.keyboard.press(kind.search.leave ?? 'Escape')
        await until(() => isSearching(page)).toBe(false)
        // A box that closes with a transition has the next key, too.
        await until(() => page.evaluate(() => document.activeElement?.localName)).not.toBe('input')
      }
      /** Searches that were just left, as that of Material, may miss a key: then it is pressed again, as readers do. */
      const search = async (page: Page, key: string): Promise<void> => {
        const press = async (): Promise<boolean> => {
          if (await isSearching(page)) return true
          await page.keyboard.press('Escape')
          await page.waitForTimeout(500)
          await page.keyboard.press(key)
          return isSearching(page)
        }
        await until(press, {message: key, interval: 1_000}).toBe(true)
      }
      const box = (page: Page) => page.locator('docs-assistant textarea.question')
      const isMarked = (): boolean => CSS.highlights.has('docs-assistant-quote')
      const hasFocus = (page: Page): Promise<boolean> =>
        page.evaluate(() => document.activeElement?.localName === 'docs-assistant')

      async function show(page: Page): Promise<void> {
        await page.locator('docs-assistant .launcher').click()
        await until(() => hasFocus(page)).toBe(true)
        // Else what lies below changes its styles under the pointer.
        await page.mouse.move(0, 0)
      }

      /** Escape closes the list of the box before the panel. */
      async function close(page: Page): Promise<void> {
        await until(async () => {
          if (await isOpen(page)) await page.keyboard.press('Escape')
          return isOpen(page)
        }).toBe(false)
      }

      async function ask(page: Page): Promise<void> {
        await show(page)
        await box(page).fill('How do I change the port?')
        await box(page).press('Enter')
      }

      test('is set up as the docs say, word for word', () => {
        for (const {file, text} of documentedFiles(kind.heading)) {
          const mine = linesOf(readFileSync(join(fixtures, kind.name, file), 'utf8'))
          let at = 0
          for (const line of linesOf(text)) {
            const found = mine.indexOf(line, at)
            expect(found, `${file}: ${line}`).toBeGreaterThanOrEqual(at)
            at = found + 1
          }
        }
      })

      test('opens by the first of its keys that the site leaves free, and closes by Escape', async () => {
        const page = await open()
        await page
          .locator(kind.text)
          .first()
          .click({position: {x: 2, y: 2}})

        await page.keyboard.press('Control+k')
        await until(async () => (await isOpen(page)) || (await isSearching(page))).toBe(true)
        if (kind.opens !== 'Control+k') {
          expect([await isOpen(page), await isSearching(page)]).toEqual([false, true])
          await leaveSearch(page)
          await page.keyboard.press(kind.opens)
        }

        await until(() => isOpen(page)).toBe(true)
        await until(() => hasFocus(page)).toBe(true)
        await page.keyboard.press('Escape')
        await until(() => isOpen(page)).toBe(false)
      })

      test('keeps what is typed in its box from the site, whose search still has its keys', async () => {
        const page = await open()
        await show(page)
        const path = new URL(page.url()).pathname

        await page.keyboard.type('/snpf?.,')

        expect(await box(page).inputValue()).toBe('/snpf?.,')
        expect([await isSearching(page), new URL(page.url()).pathname]).toEqual([false, path])
        await close(page)
        for (const key of kind.search.keys) {
          await search(page, key)
          await leaveSearch(page)
        }
      })

      test('stays open while the search of the site finds its pages', async () => {
        const page = await open({viewport: {width: 1600, height: 900}})
        await show(page)
        await page
          .locator(kind.text)
          .first()
          .click({position: {x: 2, y: 2}})

        // Starlight's is without its box until its own script has come.
        await until(async () => {
          if (await isSearching(page)) await leaveSearch(page)
          await page.keyboard.press(kind.search.keys[0]!)
          const found = page.locator('input:focus').waitFor({timeout: 3_000})
          return found.then(
            () => true,
            () => false,
          )
        }).toBe(true)
        await page.keyboard.type('port', {delay: 50})
        await page.locator(kind.search.result).first().waitFor()
        await leaveSearch(page)

        expect(await isOpen(page)).toBe(true)
      })

      test('can be typed into after the search of the site was left for it', async () => {
        const page = await open()
        await page.keyboard.press(kind.search.keys[0]!)
        await until(() => isSearching(page)).toBe(true)
        // Dialogs that fade in take the focus only at the end.
        await until(() => page.evaluate(() => document.activeElement?.localName)).toMatch(
          /^(?:input|dialog)$/,
        )

        await page.keyboard.press('Control+i')
        await until(() => isOpen(page)).toBe(true)
        await until(() => hasFocus(page)).toBe(true)
        await page.keyboard.type('port')
        expect(await box(page).inputValue()).toBe('port')
        const middle = await page.locator('docs-assistant .panel').boundingBox()
        const top = await elementAt(page, middle!.x + middle!.width / 2, middle!.y + 40)

        expect(top).toBe('docs-assistant')
      })

      test('is left by Tab, and entered again', async () => {
        const page = await open()
        await show(page)

        for (let i = 0; i < 12 && (await hasFocus(page)); i++) await page.keyboard.press('Shift+Tab')
        expect(await hasFocus(page)).toBe(false)
        for (let i = 0; i < 12 && !(await hasFocus(page)); i++) await page.keyboard.press('Tab')
        expect(await hasFocus(page)).toBe(true)
      })

      test('is used by the keyboard alone, and never loses the focus', async () => {
        const page = await open()
        const focused = (): Promise<string | undefined> =>
          page.evaluate(() => {
            const inside = document.querySelector('docs-assistant')!.shadowRoot!.activeElement
            return inside?.className.split(' ')[0]
          })
        await page.keyboard.press('Control+i')
        await until(() => hasFocus(page)).toBe(true)
        await page.keyboard.type('How do I change the port?')
        await page.keyboard.press('Enter')
        await page.locator('docs-assistant .turn.quoted .actions').waitFor()
        await page.locator('docs-assistant a.cite').first().waitFor()
        expect(await focused()).toBe('question')

        for (let i = 0; i < 30 && (await focused()) !== 'cite'; i++) await page.keyboard.press('Shift+Tab')
        expect(await focused()).toBe('cite')
        await page.keyboard.press('Enter')
        await until(() => page.evaluate(isMarked)).toBe(true)
        await until(() => isOpen(page)).toBe(true)

        // Pages that are loaded have the focus themselves, and some routers give it to the section.
        for (let i = 0; i < 60 && !(await hasFocus(page)); i++) await page.keyboard.press('Shift+Tab')
        expect(await hasFocus(page)).toBe(true)
        await close(page)
        await until(focused).toBe('launcher')
        await page.keyboard.press('Enter')
        await until(focused).toBe('question')
        await close(page)
      })

      test('quotes the pages of the site and opens their sections with the words marked and the panel still there', async () => {
        const page = await open()
        await ask(page)
        await page.locator('docs-assistant .turn.quoted .actions').waitFor()
        await page.evaluate(() => Object.assign(window, {isSame: true}))

        await page.locator('docs-assistant a.cite').first().click()

        const heading = page.locator('#the-port')
        await heading.waitFor()
        await until(() => isInView(page)).toBe(true)
        await until(() => page.locator('docs-assistant .turn.quoted').count()).toBe(1)
        await until(() => isOpen(page)).toBe(true)
        expect(new URL(page.url()).hash).toMatch(/^#the-port/)
        expect(await page.evaluate(() => 'isSame' in window)).toBe(kind.hasRouter)
        await until(() => page.evaluate(isMarked)).toBe(true)
      })

      test('goes on writing while the reader opens another page of the site', async () => {
        const page = await open({}, site.writing)
        let resolve = (): void => {}
        const promise = new Promise<void>((done) => {
          resolve = done
        })
        site.writing.upstream.otherwise(function* () {
          yield* claude.steps([claude.messageStart(), claude.textStart(), claude.textDelta('Set `port`')])
          yield [0, {until: promise}]
          yield* claude.steps([
            claude.textDelta(' and restart.'),
            claude.blockStop(),
            claude.messageDelta(),
            claude.messageStop(),
          ])
        })
        await ask(page)
        await page.locator('docs-assistant .text code').waitFor()

        await page.locator(kind.link).first().click()
        await page.waitForURL(/settings/)
        await page.locator('#all-settings').waitFor()
        await page.locator('docs-assistant .text code').waitFor()
        resolve()

        await page.locator('docs-assistant .turn.complete').waitFor()
        const text = await page.locator('docs-assistant .text').textContent()
        expect([text, await isOpen(page)]).toEqual(['Set port and restart.', true])
      })

      test.skipIf(kind.dark === null)('is dark when the site is switched to dark', async () => {
        const page = await open()
        const shade = () => page.locator('docs-assistant .root').getAttribute('class')
        expect(await shade()).toBe('root light')

        await page.locator(kind.dark!).first().click()
        await until(shade).toBe('root dark')
        await page.locator(kind.dark!).first().click()

        await until(shade).toBe('root light')
      })

      test('looks as on a page without styles, and changes no style of the page', async () => {
        const search = async (page: Page): Promise<void> => {
          await page.evaluate(() => document.querySelector('docs-assistant')!.setAttribute('dock', 'off'))
          await show(page)
          await box(page).fill('port')
          await page.locator('docs-assistant .result').first().waitFor()
        }
        const page = await open()
        await search(page)
        const [inside, beside] = [await stylesInside(page), await stylesBeside(page)]
        await page.evaluate(() => document.querySelector('docs-assistant')!.remove())
        expect(beside).toEqual(await stylesBeside(page))

        const plain = await open({}, site.quoting, plainPage)
        await search(plain)
        expect(inside.length).toBeGreaterThan(40)
        expect(inside).toEqual(await stylesInside(plain))
      })

      test('docks in a wide window, covers no text of the page, and gives the page back as it was', async () => {
        const page = await open({viewport: {width: 1600, height: 900}})
        const before = await stylesBeside(page)

        await show(page)
        expect(await page.locator('docs-assistant .panel.docked').count()).toBe(1)
        expect(await textsBehindPanel(page)).toEqual([])
        const isCut = () => {
          const {scrollWidth, clientWidth} = document.documentElement
          return scrollWidth > clientWidth
        }
        expect(await page.evaluate(isCut)).toBe(false)
        await close(page)
        // Some sites fade their own changes of width.
        await until(() => stylesBeside(page)).toEqual(before)
      })

      test('covers a phone, above the bars of the site, and gives it back', async () => {
        const page = await open(phone)
        await page.locator('docs-assistant .launcher').tap()
        await until(() => isOpen(page)).toBe(true)
        for (const [x, y] of [
          [180, 5],
          [180, 30],
          [180, 400],
          [180, 800],
        ] as const)
          expect(await elementAt(page, x, y), `${x}, ${y}`).toBe('docs-assistant')
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375)

        await page.locator('docs-assistant .bar button').last().tap()
        await until(() => isOpen(page)).toBe(false)
        expect(await elementAt(page, 180, 400)).not.toBe('docs-assistant')
      })
    },
  )
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
