import type {Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {type PlayedDocent, startPlayedDocent} from '../../support/played-docent.ts'
import {done, sourcesEvent} from '../../support/sample-answer.ts'

/** A site with hotkeys of every kind, which notes what it hears. */
const siteOf = (element: string, script = ''): string => `<!doctype html><title>Site</title><body>
<input id="own" aria-label="own"><div id="editor" contenteditable>text</div>
${element}
<script>
  window.heard = []
  for (const [target, name] of [[window, 'window'], [document, 'document'], [document.body, 'body']])
    for (const type of ['keydown', 'keypress', 'keyup'])
      for (const capture of [true, false])
        target.addEventListener(type, (event) => {
          if (name === 'window' && capture && !window.isLate) return
          window.heard.push(name + ' ' + type + ' ' + event.key)
        }, capture)
  ${script}
</script>
<script src="/widget.js"></script>`

const panel = '<docs-assistant></docs-assistant>'

describe.skipIf(chromiumPath === null)('as a guest of a site, the assistant', () => {
  const setting = browserSetting()

  let docent: PlayedDocent

  async function open(html: string, {isTouch = false, query = '', width = 1280} = {}): Promise<Page> {
    docent = await startPlayedDocent({
      webDir: setting.webDir,
      canSearch: true,
      script: () => [
        {send: sourcesEvent()},
        {send: {type: 'delta', text: 'Words.'}},
        {send: {type: 'citation', n: 1, start: 0, end: 6}},
        {send: done('complete')},
      ],
      pages: {'/site': html},
      contentSecurityPolicy: '',
    })
    const context = await setting.browsers.open({
      locale: 'en-US',
      hasTouch: isTouch,
      viewport: {width, height: 720},
    })
    setting.opened.push(docent, context)
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    await page.goto(`${docent.url}/site${query}`)
    await page.locator('docs-assistant .root').waitFor({state: 'attached'})
    return page
  }

  const heardOn = (page: Page): Promise<string[]> =>
    page.evaluate(() => (window as unknown as {heard: string[]}).heard)
  const isOpen = (page: Page): Promise<boolean> =>
    page.locator('docs-assistant[opened]').count().then(Boolean)
  const box = (page: Page) => page.locator('textarea.question')

  test('lets no key that is typed into it reach a hotkey of the site', async () => {
    const page = await open(siteOf(panel))
    await page.locator('.launcher').click()
    await page.waitForFunction(() => document.activeElement?.localName === 'docs-assistant')
    await page.evaluate(() => Object.assign(window, {heard: []}))

    await page.keyboard.type('s/k?')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.press('Backspace')
    await page.keyboard.press('Control+b')

    expect(await box(page).inputValue()).toBe('s/k?')
    expect(await heardOn(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.locator('.turn.complete').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => isOpen(page)).toBe(false)
    expect(await heardOn(page)).toEqual([])
    await page.locator('#own').focus()
    await page.keyboard.press('s')
    expect(await heardOn(page)).toContain('document keydown s')
  })

  test('sends no half word of an input method', async () => {
    const page = await open(siteOf(panel))
    await page.locator('.launcher').click()
    await box(page).fill('にほん')

    for (const init of [
      {key: 'Enter', isComposing: true},
      {key: 'Enter', keyCode: 229},
      {key: 'Process', keyCode: 229},
    ]) {
      const isFree = await box(page).evaluate(
        (field, how) =>
          field.dispatchEvent(
            new KeyboardEvent('keydown', {...how, bubbles: true, cancelable: true, composed: true}),
          ),
        init,
      )
      expect(isFree).toBe(true)
    }
    expect(await page.locator('.turn').count()).toBe(0)
    await box(page).press('Enter')
    await page.locator('.turn.complete').waitFor()
  })

  test('leaves a shortcut alone that the site handles, wherever it listens, and opens by the next one', async () => {
    for (const target of ['window', 'document']) {
      const takes = `${target}.addEventListener('keydown', (event) => {
        if (event.ctrlKey && event.key === 'k') { event.preventDefault(); document.title = 'search' }
      })`
      // Also where the site's script comes late.
      const page = await open(siteOf(panel, `setTimeout(() => { ${takes} })`))
      expect(await page.locator('.launcher').getAttribute('title')).toBe('Ctrl+K')

      await page.keyboard.press('Control+k')
      await page.waitForFunction(() => document.title === 'search')
      expect(await isOpen(page)).toBe(false)
      await expect.poll(() => page.locator('.launcher').getAttribute('title')).toBe('Ctrl+I')
      await page.keyboard.press('Control+i')

      await expect.poll(() => isOpen(page)).toBe(true)
      await page.close()
    }
  })

  test.each([
    ['keys of its own', '<button>Search <kbd><kbd>Ctrl</kbd><kbd>K</kbd></kbd></button>', 'Ctrl+I'],
    ['both keys in one', '<div class="site-Search"><input><kbd>⌘ K </kbd></div>', 'Ctrl+I'],
    ['another key', '<button>Search <kbd>/</kbd></button>', 'Ctrl+K'],
    ['both of them', '<button><kbd>K</kbd></button><button><kbd>I</kbd></button>', 'Ctrl+K'],
  ])('says by which key it opens where the search of the site shows %s', async (_name, search, key) => {
    const page = await open(siteOf(search + panel))

    expect(await page.locator('.launcher').getAttribute('title')).toBe(key)
  })

  test('opens and closes by a shortcut that nobody else uses, but not from an editor', async () => {
    const page = await open(siteOf(panel))

    await page.locator('#editor').focus()
    await page.keyboard.press('Control+i')
    await page.keyboard.press('Control+k')
    expect(await isOpen(page)).toBe(false)
    await page.locator('#own').focus()
    await page.keyboard.press('Control+k')
    await expect.poll(() => isOpen(page)).toBe(true)
    await page.waitForFunction(() => document.activeElement?.localName === 'docs-assistant')
    await page.keyboard.press('Control+k')

    await expect.poll(() => isOpen(page)).toBe(false)
  })

  test('stops listening when it is taken from the page', async () => {
    const page = await open(siteOf(panel))
    await page.evaluate(() => {
      const assistant = document.querySelector('docs-assistant')!
      assistant.remove()
      window.addEventListener('keydown', (event) =>
        Object.assign(window, {wasPrevented: event.defaultPrevented}),
      )
    })

    await page.keyboard.press('Control+k')

    expect(await page.evaluate(() => (window as unknown as {wasPrevented: boolean}).wasPrevented)).toBe(false)
  })

  test.each(['panel', 'modal'])('in the mode %s, lets a router of the site open its links', async (mode) => {
    const router = `document.addEventListener('click', (event) => {
      const link = event.target.closest('a')
      if (link && link.origin === location.origin) { event.preventDefault(); window.routed = link.pathname }
    })`
    // In a wider window the dialog shows the section beside the answer.
    const page = await open(siteOf(`<docs-assistant mode="${mode}"></docs-assistant>`, router), {width: 1000})
    await page.locator('.launcher').click()
    await box(page).fill('q')
    await box(page).press('Enter')
    await page.locator('.turn.complete').waitFor()
    const address = page.url()

    await page.locator('a.chip').first().click()

    await page.waitForFunction(() => 'routed' in window)
    expect(await page.evaluate(() => (window as unknown as {routed: string}).routed)).toMatch(/^\/docs\//)
    expect(page.url()).toBe(address)
    expect(await page.locator('body > a').count()).toBe(0)
  })

  test('tells the page of a link first, without the question, and lets it open the link', async () => {
    const takes = `customElements.whenDefined('docs-assistant').then(() =>
      document.querySelector('docs-assistant').addEventListener('navigate', (event) => {
        event.preventDefault()
        window.told = event.detail
      }))`
    const page = await open(siteOf(panel, takes))
    await page.locator('.launcher').click()
    await box(page).fill('a secret question')
    await box(page).press('Enter')
    await page.locator('.turn.complete').waitFor()
    const address = page.url()

    await page.locator('a.cite').first().click()

    const told = await page.evaluate(() => (window as unknown as {told: object}).told)
    expect(Object.keys(told)).toEqual(['href'])
    expect(JSON.stringify(told)).not.toContain('secret')
    expect(page.url()).toBe(address)
  })

  test('says which page and section a question is asked from, without the query of the address', async () => {
    const headings = ['Install', 'Configure', 'Upgrade'].map(
      (name) => `<h2 id="${name.toLowerCase()}">${name}</h2><p style="height: 90vh">Text.</p>`,
    )
    const page = await open(siteOf(`<main>${headings.join('')}</main>${panel}`), {
      query: '?token=secret#install',
    })
    await page.locator('#configure').evaluate((heading) => heading.scrollIntoView())
    await page.locator('.launcher').click()
    await box(page).fill('What does this do?')
    await box(page).press('Enter')
    await page.locator('.turn.complete').waitFor()

    expect(docent.answers[0]!.body['page']).toEqual({
      url: `${docent.url}/site#install`,
      title: 'Site',
      section: 'configure',
    })
  })

  test('keeps that to the page where the site does not allow it', async () => {
    const page = await open(
      siteOf('<main><h1>Title</h1></main><docs-assistant page-context="none"></docs-assistant>'),
    )
    await page.locator('.launcher').click()
    await box(page).fill('What does this do?')
    await box(page).press('Enter')
    await page.locator('.turn.complete').waitFor()

    expect(docent.answers[0]!.body['page'] ?? null).toBe(null)
  })

  test('offers to ask about code beside the text where there is room, and never on the open panel', async () => {
    const text =
      '<p>Words that stand above the code, and are long enough to reach the other end of their line here.</p>'
    const page = await open(
      siteOf(
        `<main style="width: 640px">${text}<pre>npm run ingest -- --full</pre>${text}</main><docs-assistant selection="main"></docs-assistant>`,
      ),
    )
    const offer = page.locator('.offer')
    const main = (await page.locator('main').boundingBox())!
    await page.locator('pre').hover()
    await offer.waitFor()
    const beside = (await offer.boundingBox())!
    expect(beside.x).toBeGreaterThanOrEqual(main.x + main.width)

    await page.mouse.move(2, 2)
    await page.locator('.launcher').click()
    await page.setViewportSize({width: 1120, height: 800})
    const panel = (await page.locator('.panel').boundingBox())!
    await page.locator('pre').hover()
    await offer.waitFor()
    const free = (await offer.boundingBox())!
    expect(free.x + free.width).toBeLessThanOrEqual(panel.x)
    await offer.click()
    await page.locator('.about .passage').waitFor()
  })

  test('shows a citation on the first tap and opens it on the second', async () => {
    const takes = `document.addEventListener('click', (event) => {
      const link = event.target.closest('a')
      if (link) { event.preventDefault(); window.routed = link.pathname }
    })`
    const page = await open(siteOf(panel, takes), {isTouch: true})
    await page.locator('.launcher').tap()
    await box(page).fill('q')
    await box(page).press('Enter')
    await page.locator('.turn.complete').waitFor()

    await page.locator('a.cite').first().tap()
    await page.locator('.preview:popover-open').waitFor()
    expect(await page.evaluate(() => 'routed' in window)).toBe(false)
    await page.locator('a.cite').first().tap()

    await page.waitForFunction(() => 'routed' in window)
  })
})
