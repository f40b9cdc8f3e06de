import type {Page} from 'playwright-core'
import {describe, expect, test} from 'vitest'
import type {Settings} from '../../../src/settings/settings.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {type FaultProxy, startFaultProxy} from '../../support/fault-proxy.ts'
import {startDocent} from '../../support/start-docent.ts'

const siteOf = (
  element: string,
  styles = '',
): string => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Site</title>${styles}
<body><h1>A site</h1>${element}<p>Below.</p><script src="/widget.js"></script>
<script>
  window.handed = []
  const element = document.querySelector('docs-assistant')
  element.addEventListener('hand-over', (event) => {
    window.handed.push(event.detail)
    if (window.takesIt) event.preventDefault()
  })
  for (const name of ['asked', 'sources', 'answered', 'ended', 'navigate'])
    element.addEventListener(name, ({detail}) => window.handed.push({name, ...detail}))
</script>`

const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="red"/></svg>'

const set: Partial<Settings> = {
  assistantName: 'Ask Acme',
  assistantLogo: '/logo.svg',
  assistantAccent: '#0b6e4f #6fd3ae',
  assistantRadius: 4,
  assistantGreeting: 'All about Acme.',
  assistantFooter: 'May be wrong. [Privacy](https://acme.example/privacy) counts.',
  assistantSuggestions: ['How do I begin?', 'What is kept?'],
}

describe.skipIf(chromiumPath === null)('name and look', () => {
  const setting = browserSetting()
  let proxy: FaultProxy

  interface Opening {
    readonly settings?: Partial<Settings>
    readonly styles?: string
    readonly dark?: boolean
    /** In place of the server's own answer to `GET /api/info`. */
    readonly info?: {readonly status: number; readonly body: string}
    readonly lang?: string
  }

  async function open(element: string, opening: Opening = {}): Promise<Page> {
    const docent = await startDocent({
      webDir: setting.webDir,
      generator: null,
      settings: {...set, ...opening.settings},
    })
    proxy = await startFaultProxy(docent.url, {
      instead({path}) {
        const type = {'content-type': 'text/html; charset=utf-8'}
        if (path === '/site') return {status: 200, headers: type, body: siteOf(element, opening.styles)}
        if (path === '/logo.svg' || path === '/own.svg')
          return {status: 200, headers: {'content-type': 'image/svg+xml'}, body: picture}
        if (path === '/api/info' && opening.info !== undefined)
          return {headers: {'content-type': 'application/json'}, ...opening.info}
        return null
      },
      contentSecurityPolicy: '',
    })
    const context = await setting.browsers.open({
      locale: opening.lang ?? 'en-US',
      colorScheme: opening.dark ? 'dark' : 'light',
    })
    setting.opened.push(docent, proxy, context)
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    await page.goto(`${proxy.url}/site`)
    await page.locator('docs-assistant .root').waitFor({state: 'attached'})
    return page
  }

  const style = (page: Page, selector: string, property: string): Promise<string> =>
    page
      .locator(selector)
      .first()
      .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property)

  async function ask(page: Page, question: string): Promise<void> {
    const count = await page.locator('.turn').count()
    await page.locator('textarea.question').fill(question)
    await page.locator('textarea.question').press('Enter')
    await page.locator('.turn[aria-busy=false]').nth(count).waitFor()
  }

  const handedOn = (page: Page): Promise<Record<string, unknown>[]> =>
    page.evaluate(() => (window as unknown as {handed: Record<string, unknown>[]}).handed)

  test('what the server has set is there when the button first appears, and in the panel', async () => {
    const page = await open('<docs-assistant></docs-assistant>')

    expect(await page.locator('.launcher').innerText()).toBe('Ask Acme')
    expect(await style(page, '.launcher', 'background-color')).toBe('rgb(11, 110, 79)')
    expect(await style(page, '.launcher', 'border-radius')).toBe('4px')
    expect(await page.locator('.launcher .logo').getAttribute('src')).toBe(`${proxy.url}/logo.svg`)
    await page.locator('.launcher').click()
    expect(await page.locator('.hero h2').innerText()).toBe('Ask Acme')
    expect(await page.locator('.hero p').innerText()).toBe('All about Acme.')
    expect(await page.locator('.footer').innerText()).toBe('May be wrong. Privacy counts.')
    expect(await page.locator('.footer a').getAttribute('href')).toBe('https://acme.example/privacy')
    expect(await page.locator('.suggestions button').allInnerTexts()).toEqual([
      'How do I begin?',
      'What is kept?',
    ])
    expect(await style(page, '.asks', 'border-radius')).toBe('4px')
    expect(await page.locator('.keys').innerText()).toContain('Ctrl+K')
  })

  test('a ground that the site sets is also that of the box and of its list', async () => {
    const page = await open('<docs-assistant opened></docs-assistant>', {
      styles: '<style>docs-assistant { --docs-assistant-background: #101418 }</style>',
    })
    await page.locator('textarea.question').pressSequentially('port')
    await page.locator('.options').waitFor()

    expect(await style(page, '.ask', 'background-color')).toBe('rgb(16, 20, 24)')
    expect(await style(page, '.options', 'background-color')).toBe('rgb(16, 20, 24)')
  })

  test('an unknown mode is a panel, and one that is taken away', async () => {
    const page = await open('<docs-assistant mode="sheet"></docs-assistant>')
    await page.locator('.launcher').click()
    await page.locator('.panel textarea.question').waitFor()
    const element = page.locator('docs-assistant')

    expect(await element.getAttribute('mode')).toBe('panel')
    await element.evaluate((it) => it.removeAttribute('mode'))
    expect(await element.getAttribute('mode')).toBe('panel')
  })

  test('an attribute comes before the setting, and a CSS property before both', async () => {
    const page = await open(
      '<docs-assistant opened heading="Mine" greeting="Hello." footer="None" questions="Why?" logo="own.svg" accent="#800020" radius="9"></docs-assistant>',
      {styles: '<style>#late { --docs-assistant-accent: #123456; --docs-assistant-radius: 1px }</style>'},
    )

    expect(await page.locator('.hero h2').innerText()).toBe('Mine')
    expect(await page.locator('.hero p').innerText()).toBe('Hello.')
    expect(await page.locator('.footer').innerText()).toBe('None')
    expect(await page.locator('.suggestions button').allInnerTexts()).toEqual(['Why?'])
    expect(await page.locator('.hero .logo').getAttribute('src')).toBe(`${proxy.url}/own.svg`)
    expect(await style(page, '.primary', 'background-color')).toBe('rgb(128, 0, 32)')
    expect(await style(page, '.asks', 'border-radius')).toBe('9px')
    await page.locator('docs-assistant').evaluate((element) => {
      element.id = 'late'
    })
    expect(await style(page, '.primary', 'background-color')).toBe('rgb(18, 52, 86)')
    expect(await style(page, '.asks', 'border-radius')).toBe('1px')
  })

  test.each([
    ['a light one on light', '#ffe000', false],
    ['a dark one on dark', '#101080', true],
    ['by a CSS property, which is taken as it is', 'property', false],
  ])('words on a colour can be read: %s', async (_name, accent, dark) => {
    const isProperty = accent === 'property'
    const page = await open(
      `<docs-assistant opened ${isProperty ? '' : `accent="${accent}"`}></docs-assistant>`,
      {
        dark,
        styles: `<style>html{color-scheme:light dark}${isProperty ? 'docs-assistant{--docs-assistant-accent:#ffe000}' : ''}</style>`,
      },
    )
    await page.locator('.primary').waitFor()
    const contrasts = await page.evaluate(() => {
      const root = document.querySelector('docs-assistant')!.shadowRoot!
      const luminance = (element: Element, property: string): number => {
        const canvas = document.createElement('canvas').getContext('2d')!
        canvas.fillStyle = getComputedStyle(element).getPropertyValue(property)
        canvas.fillRect(0, 0, 1, 1)
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((channel) => {
          const share = channel / 255
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
        })
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
      }
      const ratio = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      const button = root.querySelector('.primary')!
      const ground = luminance(button, 'background-color')
      const panel = luminance(root.querySelector('.panel')!, 'background-color')
      return {onIt: ratio(luminance(button, 'color'), ground), asWords: ratio(ground, panel)}
    })

    expect(contrasts.onIt).toBeGreaterThanOrEqual(4.5)
    if (!isProperty) expect(contrasts.asWords).toBeGreaterThanOrEqual(4.4)
  })

  test.each([
    ['that is not there', '/docs/none.svg'],
    ['that would run a script', 'javascript:alert(1)'],
    ['that is no address of a server', 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ])('a logo %s leaves no hole: the mark stands in its place', async (_name, logo) => {
    const page = await open(`<docs-assistant opened></docs-assistant>`, {settings: {assistantLogo: null}})
    await page.locator('docs-assistant').evaluate((element, src) => element.setAttribute('logo', src), logo)

    await expect.poll(() => page.locator('.hero svg.icon').count()).toBe(1)
    expect(await page.locator('.logo').count()).toBe(0)
  })

  test.each([
    ['knows none of it', {status: 200, body: '{"generator":"extractive"}'}],
    ['does not know the address', {status: 404, body: '{}'}],
    ['sends nonsense', {status: 200, body: 'null'}],
    [
      'sends colours and numbers that are none',
      {
        status: 200,
        body: '{"assistant":{"accent":"red;}*{color:red}","radius":"x}"}}',
      },
    ],
  ])('with a server that %s, the assistant has its own look', async (_name, info) => {
    const page = await open('<docs-assistant opened></docs-assistant>', {info})

    expect(await page.locator('.hero h2').innerText()).toBe('Ask the docs')
    expect(await style(page, '.primary', 'background-color')).toBe('rgb(59, 79, 196)')
    expect(await style(page, '.root', 'color')).toBe('rgb(27, 29, 34)')
    await ask(page, 'How do I begin?')
    expect(await page.getByRole('button', {name: 'Ask a person'}).count()).toBe(0)
  })

  test('the look is decided before anything is shown, and kept for the next page', async () => {
    const page = await open('<docs-assistant opened></docs-assistant>')
    await page.locator('.hero h2').waitFor()
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/api/info', async (route) => {
      await held
      await route.fallback()
    })

    await page.reload()
    await page.locator('.hero h2').waitFor()

    expect(await page.locator('.hero h2').innerText()).toBe('Ask Acme')
    expect(await style(page, '.primary', 'background-color')).toBe('rgb(11, 110, 79)')
    release()
  })

  test('what comes too late for the first page changes nothing in it', async () => {
    const page = await open('<docs-assistant keep="none"></docs-assistant>')
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/api/info', async (route) => {
      await held
      await route.fallback()
    })
    await page.reload()
    await page.locator('.launcher').waitFor()
    expect(await page.locator('.launcher').innerText()).toBe('Ask the docs')
    const answered = page.waitForResponse('**/api/info')
    release()
    await (await answered).finished()
    await page.locator('.launcher').click()

    expect(await page.locator('.hero h2').innerText()).toBe('Ask the docs')
  })

  describe('a person to ask', () => {
    const url = 'https://help.example/new?q={question}&page={url}&ref={ref}'

    test('is offered where the docs do not answer, and gets the conversation', async () => {
      const page = await open('<docs-assistant opened></docs-assistant>', {settings: {handOverUrl: url}})
      await page.context().route('https://help.example/**', (route) => route.fulfill({body: 'A form'}))
      await ask(page, 'How do I set the port?')
      await ask(page, 'xyzzy & "more" ä?')

      const popup = page.waitForEvent('popup')
      await page.locator('.turn.abstained').getByRole('button', {name: 'Ask a person'}).click()
      const opened = new URL((await popup).url())

      const detail = (await handedOn(page)).find(({turns}) => turns !== undefined) as {
        url: string
        ref: string
        turns: Record<string, unknown>[]
      }
      expect(opened.searchParams.get('q')).toBe('xyzzy & "more" ä?')
      expect(opened.searchParams.get('page')).toBe(`${proxy.url}/site`)
      expect(opened.searchParams.get('ref')).toBe(detail.ref)
      expect(detail.url).toBe(opened.href)
      expect(detail.turns.map(({question, ending}) => [question, ending])).toEqual([
        ['How do I set the port?', 'quoted'],
        ['xyzzy & "more" ä?', 'abstained'],
      ])
      expect(detail.turns[0]).toMatchObject({
        answer: expect.stringMatching(/\[\[1\]\]\(http/),
        sources: [{n: 1, title: expect.any(String), url: expect.stringContaining(`${proxy.url}/docs/`)}],
      })
      // No event but this one, which the reader asked for, holds words; and none holds an id that opens an answer.
      const others = JSON.stringify((await handedOn(page)).filter(({name}) => name !== undefined))
      expect(others).not.toContain('xyzzy')
      const stored = await page.evaluate(() => JSON.stringify({...localStorage}))
      const ids = [...stored.matchAll(/\\"(?:answerId|conversationId)\\":\\"([\w-]+)/g)].map(([, id]) => id!)
      expect(ids.length).toBeGreaterThan(1)
      for (const id of ids) expect(JSON.stringify(detail)).not.toContain(id)
    })

    test('is reached by the page itself where it prevents the event', async () => {
      const page = await open('<docs-assistant opened></docs-assistant>', {settings: {handOverUrl: url}})
      await page.evaluate(() => Object.assign(window, {takesIt: true}))
      await ask(page, 'xyzzy')
      await page.locator('.bar').getByRole('button', {name: 'Ask a person'}).click()
      await page.waitForTimeout(300)

      expect(
        page
          .context()
          .pages()
          .filter((each) => each.url().includes('help.example')),
      ).toEqual([])
      expect((await handedOn(page)).filter(({turns}) => turns !== undefined)).toHaveLength(1)
    })

    test('is reached by the event alone where the attribute names no address', async () => {
      const page = await open('<docs-assistant opened hand-over></docs-assistant>', {
        settings: {handOverUrl: url},
      })
      await ask(page, 'How do I set the port?')
      await page.getByRole('button', {name: 'Not helpful'}).click()
      await page.locator('.feedback').getByRole('button', {name: 'Ask a person'}).click()

      expect((await handedOn(page)).find(({turns}) => turns !== undefined)).toMatchObject({url: null})
    })
  })
})
