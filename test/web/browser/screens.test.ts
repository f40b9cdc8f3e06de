import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {builtFile} from '../../../src/package/index.ts'
import {type Browsers, chromiumPath, startBrowsers} from '../../support/chromium.ts'
import {type PlayedDocent, startPlayedDocent} from '../../support/played-docent.ts'
import {done, sampleDeltas, sourcesEvent} from '../../support/sample-answer.ts'
import type {Step} from '../../support/script-player.ts'

/** Pictures of the page in every state, for a person to look at: `artifacts/screens/*.png`. */
const folder = fileURLToPath(new URL('../../../artifacts/screens', import.meta.url))

const nearest = [
  {title: 'Install', url: '/docs/install'},
  {title: 'Settings', url: '/docs/settings'},
]

function script(question: string): Step[] {
  const all = sampleDeltas.map((send) => ({send}))
  const part = all.slice(0, Math.floor(all.length * 0.6))
  if (question.includes('weather')) {
    return [{send: sourcesEvent([])}, {send: done('abstained', {reason: 'off_topic', nearest})}]
  }
  if (question.includes('breaks off')) {
    return [
      {send: sourcesEvent()},
      ...part,
      {
        send: {
          type: 'error',
          ending: 'error',
          code: 'upstream_overloaded',
          message: 'The language model is overloaded. Please try again in a moment.',
          retryable: true,
        },
      },
    ]
  }
  return [
    {send: sourcesEvent()},
    {hold: true},
    ...part,
    {hold: true},
    ...all.slice(part.length),
    {send: done('complete')},
  ]
}

describe.skipIf(chromiumPath === null)('pictures of the page', () => {
  let docent: PlayedDocent
  let browsers: Browsers

  beforeAll(async () => {
    await mkdir(folder, {recursive: true})
    browsers = startBrowsers()
    docent = await startPlayedDocent({
      webDir: fileURLToPath(builtFile('web')),
      script,
      canSearch: true,
      pages: {'/light/': site('#fff', '#1c1e21'), '/dark/': site('#1b1b1d', '#e3e3e3')},
    })
  })

  afterAll(async () => {
    await browsers?.close()
    await docent?.close()
  })

  const looks = [
    {name: 'desktop', lang: 'en', options: {viewport: {width: 1280, height: 860}}},
    {
      name: 'mobile',
      lang: 'en',
      options: {viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true},
    },
    {name: 'dark', lang: 'en', options: {viewport: {width: 1280, height: 860}, colorScheme: 'dark' as const}},
    {name: 'rtl', lang: 'ar', options: {viewport: {width: 1280, height: 860}}},
  ]

  for (const look of looks) {
    test(`${look.name}: every state is drawn`, async () => {
      const context = await browsers.open(look.options)
      context.setDefaultTimeout(8_000)
      const page = await context.newPage()
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(String(error)))
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
      const shoot = (state: string): Promise<Buffer> =>
        page.screenshot({path: join(folder, `${look.name}-${state}.png`), animations: 'disabled'})
      const ask = async (question: string): Promise<void> => {
        await page.locator('textarea.question').fill(question)
        await page.locator('textarea.question').press('Enter')
      }
      const again = (): Promise<void> => startNew(page)

      await page.goto(`${docent.url}/?lang=${look.lang}`)
      await page.locator('.suggestions').waitFor()
      await shoot('1-before-asking')
      await page.locator('textarea.question').fill('resume after a cut')
      await page.locator('.result').first().waitFor()
      await shoot('2-searching-as-you-type')

      await ask('How do I resume an answer after the connection breaks?')
      await page.locator('.card').first().waitFor()
      await shoot('3-sources-shown')
      docent.release()
      await page.locator('.text .hl-keyword').first().waitFor()
      await caughtUp(page)
      await shoot('4-mid-answer')
      docent.release()
      await page.locator('.turn.complete .actions').waitFor()
      await caughtUp(page)
      await page.locator('.scroll').evaluate((scroller) => scroller.scrollTo(0, 0))
      await shoot('5-finished')
      await page.locator('.scroll').evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight))
      await page.locator('.turn.complete .cite').first().hover()
      await page.locator('.preview:popover-open').waitFor()
      await shoot('6-finished-end')

      await again()
      await ask('How do I stop an answer?')
      await page.locator('.card').first().waitFor()
      docent.release()
      await page.locator('.text .code').waitFor()
      await page.locator('.primary.stop').click()
      await page.locator('.turn.stopped .notice').waitFor()
      await caughtUp(page)
      await shoot('7-stopped')
      docent.release()

      await again()
      await ask('What if it breaks off?')
      await page.locator('.turn.broke-off .notice').waitFor()
      await caughtUp(page)
      await shoot('8-broke-off')

      await again()
      await ask('What will the weather be tomorrow?')
      await page.locator('.turn.abstained .notice').waitFor()
      await shoot('9-not-in-the-docs')

      expect(problems).toEqual([])
      await context.close()
    })
  }

  test.each(['light', 'dark'])('on a %s site: the button, the panel, an answer', async (theme) => {
    const context = await browsers.open({viewport: {width: 1280, height: 860}, locale: 'en-US'})
    context.setDefaultTimeout(8_000)
    const page = await context.newPage()
    const shoot = (state: string): Promise<Buffer> =>
      page.screenshot({path: join(folder, `site-${theme}-${state}.png`), animations: 'disabled'})

    await page.goto(`${docent.url}/${theme}/`)
    await page.locator('.launcher').click()
    await page.locator('.suggestions').waitFor()
    await shoot('1-before-asking')
    await page.getByRole('button', {name: 'What is kept?'}).click()
    await page.locator('.card').first().waitFor()
    await shoot('2-sources-shown')
    docent.release()
    await page.locator('.text .hl-keyword').first().waitFor()
    docent.release()
    await page.locator('.turn.complete .actions').waitFor()
    await caughtUp(page)
    await shoot('3-finished')
    await page.keyboard.press('Escape')
    await page.locator('.launcher').waitFor()
    await shoot('4-closed')

    expect(await page.locator('.root').getAttribute('class')).toContain(theme)
    await context.close()
  })
})

/** A page of a documentation site in these colours, with the assistant's panel on it. */
function site(background: string, color: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>A site</title><script src="/widget.js" defer></script>
    <body bgcolor="${background}" text="${color}" leftmargin="80" topmargin="40">
    <h1>A site</h1><p>Some words of a page of documentation.</p>
    <docs-assistant questions="How do I stop an answer?|What is kept?"></docs-assistant></body></html>`
}

async function startNew(page: Page): Promise<void> {
  await page.locator('.bar .new:visible, .side .new:visible').first().click()
  await page.locator('.hero').waitFor()
}

/** Waits until all words that came are on the screen, and a frame longer. */
async function caughtUp(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const root = document.querySelector('docs-assistant')?.shadowRoot
    const texts = [...(root?.querySelectorAll('docs-assistant-text') ?? [])] as unknown as {
      isCaughtUp: boolean
    }[]
    return texts.every((text) => text.isCaughtUp)
  })
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  )
}
