import type {BrowserContextOptions, Page as Tab} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import type {Page} from '../../../src/domain/index.ts'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {samplePage} from '../../support/sample-pages.ts'
import {startDocent, type TestDocent} from '../../support/start-docent.ts'

/** The ingested pages in a real browser. */

vi.setConfig({testTimeout: 240_000, hookTimeout: 120_000})

const filler = Array.from({length: 30}, (_, n) => `Paragraph ${n} says nothing of note.`).join('\n\n')
const tank = `# Tanks

${filler}

## Draining

Open the **lower valve**, run \`tank --drain\` and wait: it takes an hour.

\`\`\`sh
tank --drain --all
\`\`\`

| Size | Hours |
|------|-------|
| one  | two   |

|       | Hours |
|-------|-------|
| three | four  |

\`\`\`sh
tank --fill --slowly --until full --then-wait 60 --and-tell operators --or-else stop # it may take more than an hour
tank --status
\`\`\`

- [ ] rinse

## Filling

${filler}

Fill it slowly.
`

function pageOf(path: string, title: string, markdown: string, more: Partial<Page> = {}): Page {
  const sections = samplePage(path, title, [
    ['Draining', 'Open the lower valve.'],
    ['Filling', 'Fill it slowly.'],
  ]).sections
  return {...samplePage(path, title, []), markdown, sections, lang: 'en', ...more}
}

describe.skipIf(chromiumPath === null)('the ingested pages in a browser', () => {
  const setting = browserSetting()
  let product: TestDocent

  beforeAll(async () => {
    product = await startDocent({
      pages: [
        pageOf('index.md', 'Waterworks', '# Waterworks\n\nWelcome.', {url: '/', sections: []}),
        pageOf('tanks.md', 'Tanks', tank.replace('# Tanks\n', '')),
        pageOf('ar/tanks.md', 'خزانات', '## افتح\n\nماء.\n\n## أغلق\n\n```sh\ntank\n```', {lang: 'ar'}),
      ],
      retriever: null,
      generator: null,
      webDir: setting.webDir,
    })
  })

  afterAll(() => product?.close())

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Tab> {
    const context = await setting.browsers.open({reducedMotion: 'reduce', ...options})
    setting.opened.push(context)
    const tab = await context.newPage()
    await tab.goto(product.url + path)
    return tab
  }

  /** The words that are marked as quoted, and whether the first of them can be seen below the header. */
  const quoted = (tab: Tab) =>
    tab.evaluate(() => {
      const marks = [...document.querySelectorAll('mark.quoted')]
      const {top = -1, bottom = 0} = marks[0]?.getBoundingClientRect() ?? {}
      const header = document.querySelector('.top')!.getBoundingClientRect().bottom
      return {
        text: marks.map((mark) => mark.textContent).join(''),
        isSeen: top >= header && bottom <= innerHeight,
      }
    })

  const quote = `#draining:~:text=${encodeURIComponent('lower valve, run tank --drain and wait')}`

  test.each(['light', 'dark'] as const)(
    'mark what a link quotes, across bold words and code, and keep the mark (%s)',
    async (colorScheme) => {
      const tab = await open(`/docs/tanks${quote}`, {colorScheme})
      await tab.locator('mark.quoted').first().waitFor()

      expect(await quoted(tab)).toEqual({text: 'lower valve, run tank --drain and wait', isSeen: true})
      await tab.mouse.wheel(0, 3000)
      await tab.locator('main h1').click()
      expect((await quoted(tab)).text).toBe('lower valve, run tank --drain and wait')
      expect(await tab.evaluate(() => location.hash)).toBe('#draining')
    },
  )

  test('mark what a link within the page quotes, in place of the words before', async () => {
    const tab = await open(`/docs/tanks${quote}`)
    await tab.locator('mark.quoted').first().waitFor()

    await tab.evaluate(() => {
      const link = document.createElement('a')
      link.href = '#filling:~:text=Fill%20it,slowly'
      link.textContent = 'See'
      document.querySelector('main')!.prepend(link)
      link.click()
    })

    await expect.poll(() => quoted(tab), {timeout: 30_000}).toEqual({text: 'Fill it slowly', isSeen: true})
  })

  test('mark nothing where the words are gone', async () => {
    const tab = await open('/docs/tanks#draining:~:text=never%20written')
    await tab.locator('.code-head button').first().waitFor()

    expect((await quoted(tab)).text).toBe('')
  })

  test('search while typing: a slash goes to the box, arrows to the results, Escape closes them', async () => {
    const tab = await open('/docs/tanks')
    await tab.locator('.code-head button').first().waitFor()
    await tab.keyboard.press('/')
    await tab.keyboard.type('drain')
    await tab.locator('.search .results mark').first().waitFor()

    await tab.keyboard.press('ArrowDown')
    expect(await tab.evaluate(() => document.activeElement?.getAttribute('href'))).toBe(
      '/docs/tanks#draining',
    )
    await tab.keyboard.press('Escape')
    await tab.locator('.search .results').waitFor({state: 'detached'})
    expect(await tab.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('q')
  })

  test('copy code, and show the section in view', async () => {
    const tab = await open('/docs/tanks', {permissions: ['clipboard-read', 'clipboard-write']})
    await tab.locator('.code-head button').first().click()
    await tab.getByText('Copied').waitFor()
    expect(await tab.evaluate(() => navigator.clipboard.readText())).toBe('tank --drain --all')

    await tab.locator('.contents a', {hasText: 'Filling'}).click()
    await tab.locator('.contents [aria-current]', {hasText: 'Filling'}).waitFor()
  })

  test('say that the section of a quote is in view, wherever it begins', async () => {
    const tab = await open(`/docs/tanks${quote}`)
    await tab.locator('mark.quoted').first().waitFor()
    const {height} = tab.viewportSize()!
    const top = () => tab.locator('#draining').evaluate((heading) => heading.getBoundingClientRect().top)
    await tab.mouse.wheel(0, -100)
    await tab.waitForFunction(() => document.querySelector('.contents [aria-current]') !== null)

    expect(await top()).toBeGreaterThan(160)
    expect(await top()).toBeLessThan(height / 2)
    expect(await tab.locator('.contents [aria-current]').innerText()).toBe('Draining')
  })

  test('show a quote in a long line of code from its beginning, and clear of the button', async () => {
    const words = 'tank --fill --slowly --until full --then-wait 60 --and-tell operators --or-else stop'
    const tab = await open(`/docs/tanks#draining:~:text=${encodeURIComponent(words).replace(/-/g, '%2D')}`, {
      viewport: {width: 1000, height: 800},
    })
    const mark = tab.locator('pre mark.quoted').first()
    await mark.waitFor()
    const [code, head] = [tab.locator('.code:has(mark)'), tab.locator('.code:has(mark) .code-head')]

    expect(await code.locator('pre').evaluate((pre) => pre.scrollLeft)).toBe(0)
    const [words1, button] = [(await mark.boundingBox())!, (await head.boundingBox())!]
    expect(words1.y).toBeGreaterThanOrEqual(button.y + button.height)
  })

  test('are as dark or light as the reader chose, from the first paint on, here and on the page of the assistant', async () => {
    const tab = await open('/docs/tanks', {colorScheme: 'light'})
    const isDark = () =>
      tab.evaluate(() => {
        const [red = 255] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)!.map(Number)
        return red < 80
      })
    expect(await isDark()).toBe(false)

    await tab.getByRole('button', {name: 'Dark or light'}).click()
    expect(await isDark()).toBe(true)
    await tab.goto(`${product.url}/docs/`, {waitUntil: 'commit'})
    await tab.locator('main').waitFor()
    expect(await isDark()).toBe(true)
    await tab.goto(product.url)
    await tab.locator('textarea.question').waitFor()
    expect(await isDark()).toBe(true)
  })

  test('open the assistant in place', async () => {
    const tab = await open('/docs/tanks')
    await tab.locator('a.ask').click()
    await tab.locator('docs-assistant textarea.question').waitFor()

    expect(new URL(tab.url()).pathname).toBe('/docs/tanks')
  })

  test('can be read and searched without a script, on a phone', async () => {
    const tab = await open('/docs/tanks', {javaScriptEnabled: false, viewport: {width: 375, height: 812}})

    await tab.locator('.menu summary').click()
    await tab.locator('.side a', {hasText: 'Waterworks'}).waitFor()
    await tab.locator('input[name=q]').fill('drain')
    await tab.locator('.search button').click()
    await tab.locator('main .results mark').first().waitFor()
    await tab.locator('main .results a').first().click()
    await tab.locator('h2#draining').waitFor()
  })

  test.each([
    ['light', 1280],
    ['dark', 375],
  ] as const)('an accessibility checker finds nothing (%s, %i wide)', async (colorScheme, width) => {
    const paths = [
      '/docs/',
      '/docs/tanks',
      '/docs/ar/tanks',
      '/docs/?all=1',
      '/docs/search?q=drain',
      '/docs/drainin',
    ]
    for (const path of [...paths, `/docs/tanks${quote}`]) {
      const tab = await open(path, {colorScheme, viewport: {width, height: 812}})
      await tab.waitForLoadState('load')
      expect(await violationsOn(tab), path).toEqual([])
      const {scrollWidth, clientWidth} = await tab.evaluate(() => {
        const {scrollWidth, clientWidth} = document.documentElement
        return {scrollWidth, clientWidth}
      })
      expect(scrollWidth, `${path} is wider than the window`).toBeLessThanOrEqual(clientWidth)
      await tab.context().close()
    }
  })
})
