import type {BrowserContextOptions, Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {startPlayedDocent} from '../../support/played-docent.ts'
import {done, sourcesEvent} from '../../support/sample-answer.ts'

const prose = 'Set `port` in the file.\nRestart the service **soon**. Then open the page, as it says there.'
const code = '```sh\nlantern --port 8080\n```'
const table =
  '| Setting | Default | Meaning |\n|---|---|---|\n| `port` | `7070` | Port at which the page can be opened by all who know the password |\n| `interval` | `60` | Seconds |'
const answer = `${prose}\n\n${code}\n\n${table}`
const at = (words: string): number => answer.indexOf(words) + words.length
const cite = (n: number, end: number) => ({send: {type: 'citation' as const, n, start: 0, end}})

const script = () => [
  {send: sourcesEvent()},
  {send: {type: 'delta' as const, text: answer}},
  ...['`port`', 'file.', '**soon**', 'there.'].map((words) => cite(1, at(words))),
  cite(1, at(code)),
  cite(2, at(code)),
  {send: done('complete')},
]

describe.skipIf(chromiumPath === null)('down to the last detail', {timeout: 300_000}, () => {
  const setting = browserSetting()

  /** A page with the panel and an answer in it. */
  async function answered(
    options: BrowserContextOptions = {},
    lang = 'en',
    questions = ['q'],
  ): Promise<Page> {
    const theme = options.colorScheme ?? 'auto'
    const docent = await startPlayedDocent({
      webDir: setting.webDir,
      script,
      pages: {
        '/site': `<!doctype html><html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}"><title>Site</title><body><main><h1>Site</h1></main><docs-assistant opened theme="${theme}"></docs-assistant><script src="/widget.js"></script>`,
      },
      contentSecurityPolicy: "default-src 'self' 'unsafe-eval'",
    })
    const context = await setting.browsers.open({reducedMotion: 'reduce', ...options})
    setting.opened.push(docent, context)
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    await page.goto(`${docent.url}/site`)
    for (const [i, question] of questions.entries()) {
      await page.locator('textarea.question').fill(question)
      await page.locator('textarea.question').press('Enter')
      await page.locator('.turn.complete .actions').nth(i).waitFor()
      await page.locator('.turn .text table').nth(i).waitFor()
    }
    return page
  }

  test.each<[string, BrowserContextOptions]>([
    ['light', {}],
    ['dark', {colorScheme: 'dark'}],
    ['forced colours', {forcedColors: 'active'}],
    ['a phone', {viewport: {width: 375, height: 812}, hasTouch: true, isMobile: true}],
  ])(
    'an accessibility checker finds nothing in two answers with code and tables: %s',
    async (_name, options) => {
      const page = await answered(options, 'en', ['q', 'r'])

      expect(await violationsOn(page)).toEqual([])
    },
  )

  test('the focused box looks different where the system sets the colours', async () => {
    const page = await answered({forcedColors: 'active'})
    const look = () =>
      page.locator('.ask').evaluate((box) => {
        const {outlineStyle, outlineWidth} = getComputedStyle(box)
        return outlineStyle === 'none' ? null : outlineWidth
      })
    await page.locator('textarea.question').focus()
    expect(await look()).toBe('3px')

    await page.locator('.bar button').first().focus()
    expect(await look()).toBe(null)
  })

  test.each(['light', 'dark'] as const)(
    'chips in the head of a code block can be hit, and stand out from it (%s)',
    async (colorScheme) => {
      const page = await answered({colorScheme})
      const chips = await page.locator('.code .cite').evaluateAll((all) =>
        all.map((chip) => {
          const {width, height} = chip.getBoundingClientRect()
          const ground = getComputedStyle(chip.closest('.code')!).backgroundColor
          return {
            isLarge: Math.min(width, height) >= 24,
            isSame: getComputedStyle(chip).backgroundColor === ground,
          }
        }),
      )

      expect(chips).toEqual([
        {isLarge: true, isSame: false},
        {isLarge: true, isSame: false},
      ])
      const {height} = (await page.locator('.code figcaption').boundingBox())!
      expect(height).toBeLessThanOrEqual(40)
    },
  )

  test('a chip is never on another line than the end of what it proves', async () => {
    const page = await answered()
    const alone = await page.evaluate(() => {
      const root = document.querySelector('docs-assistant')!.shadowRoot!
      const panel = root.querySelector<HTMLElement>('.panel')!
      const found: string[] = []
      for (let width = 240; width <= 440; width += 3) {
        panel.style.width = `${width}px`
        for (const chip of root.querySelectorAll('.text p .cite')) {
          let before = chip.previousSibling!
          while (before.lastChild) before = before.lastChild
          const range = document.createRange()
          range.setStart(before, before.textContent!.length - 1)
          range.setEnd(before, before.textContent!.length)
          const rects = range.getClientRects()
          if (rects[rects.length - 1]!.bottom < chip.getBoundingClientRect().top)
            found.push(`${width}: ${before.textContent}`)
        }
      }
      return found
    })

    expect(await page.locator('.text p .cite').count()).toBe(4)
    expect(alone).toEqual([])
  })

  test.each([
    ['a desktop', {}, 0],
    ['a phone', {viewport: {width: 375, height: 812}}, 80],
  ])('a column of a table is as wide as its words need: %s', async (_name, options, hiddenPx) => {
    const page = await answered(options)
    const widths = await page
      .locator('.text th')
      .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().width))
    const [name, value, meaning] = widths

    expect([meaning! > 1.8 * name!, meaning! > 1.8 * value!, value! > 80]).toEqual([true, true, true])
    const hidden = await page.locator('.text .table').evaluate((box) => box.scrollWidth - box.clientWidth)
    expect(hidden).toBeLessThanOrEqual(hiddenPx)
  })

  test('English that is typed into an Arabic box is set from the left, and the empty box from the right', async () => {
    const page = await answered({}, 'ar')
    const direction = () =>
      page.locator('textarea.question').evaluate((box) => getComputedStyle(box).direction)
    expect(await direction()).toBe('rtl')

    await page.locator('textarea.question').fill('How do I set the port?')
    expect(await direction()).toBe('ltr')
    await page.locator('textarea.question').fill('كيف أغير المنفذ؟')

    expect(await direction()).toBe('rtl')
  })
})
