import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {fileURLToPath} from 'node:url'
import type {Page} from 'playwright-core'
import request from 'supertest'
import {describe, expect, test} from 'vitest'
import {builtFile} from '../../../src/package/index.ts'
import {samples} from '../../../src/web/render/samples.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {startPlayedDocent} from '../../support/played-docent.ts'
import {done, sourcesEvent} from '../../support/sample-answer.ts'
import type {Step} from '../../support/script-player.ts'
import {startDocent} from '../../support/start-docent.ts'

const answer =
  'Write this:\n\n```ts\n// A comment\nconst port: number = 8080\nexport {port}\n```\n\nand that is all.'
const script: Step[] = [
  {send: sourcesEvent()},
  {send: {type: 'delta', text: answer}},
  {send: done('complete')},
]

describe.skipIf(chromiumPath === null)('code in a browser', () => {
  const setting = browserSetting()

  async function newPage(): Promise<{page: Page; problems: string[]}> {
    const context = await setting.browsers.open({locale: 'en-US'})
    setting.opened.push(context)
    context.setDefaultTimeout(15_000)
    const page = await context.newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    return {page, problems}
  }

  async function ask(page: Page): Promise<void> {
    await page.locator('textarea.question').fill('How?')
    await page.locator('textarea.question').press('Enter')
  }

  const keyword = (page: Page) => page.locator('.code .hl-keyword').getByText('const')

  /** A page of another site, with its own address and its own policy. */
  async function otherSite(html: string, policy: string): Promise<string> {
    const server = createServer((_request, response) => {
      response.writeHead(200, {'content-type': 'text/html', 'content-security-policy': policy})
      response.end(html)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    setting.opened.push({
      close: () =>
        new Promise((resolve) => {
          server.close(resolve)
          server.closeAllConnections()
        }),
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }

  async function realServer(allowedOrigins: readonly string[] = []) {
    const product = await startDocent({webDir: setting.webDir, settings: {allowedOrigins}})
    setting.opened.push(product)
    void product.generator.call(0).then((call) => {
      call.say(answer)
      call.finish()
    })
    return product
  }

  test('has its colours on the page at /, under the policy that the server sends', async () => {
    const {url} = await realServer()
    const {page, problems} = await newPage()

    await page.goto(url)
    await ask(page)
    await keyword(page).waitFor()

    expect(problems).toEqual([])
  })

  test.each([
    ['a nonce', "script-src 'nonce-r4nd0m'"],
    ['a nonce and strict-dynamic', "script-src 'nonce-r4nd0m' 'strict-dynamic'"],
    ['the name of the host', 'script-src SERVER'],
  ])('has its colours on another site, whose policy trusts the widget by %s', async (_name, trusted) => {
    const docent = await realServer(['*'])
    const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Site</title><script nonce="r4nd0m" src="${docent.url}/widget.js" defer></script><body><docs-assistant opened></docs-assistant></body></html>`
    const rest = `connect-src ${docent.url}; require-trusted-types-for 'script'; trusted-types lit-html`
    const site = await otherSite(
      html,
      `default-src 'none'; ${trusted.replace('SERVER', docent.url)}; ${rest}`,
    )
    const {page, problems} = await newPage()

    await page.goto(site)
    await ask(page)
    await keyword(page).waitFor()

    expect(problems).toEqual([])
  })

  test('is plain, and the answer whole, where the highlighter cannot be had', async () => {
    const docent = await startPlayedDocent({webDir: setting.webDir, script: () => script})
    setting.opened.push(docent)
    const {page, problems} = await newPage()
    await page.route('**/highlighter.js', (route) => route.abort())

    await page.goto(docent.url)
    await ask(page)
    await page.locator('.turn.complete .actions').waitFor()

    expect(await page.locator('.code code').textContent()).toContain('const port: number = 8080')
    expect(await page.locator('.code code *').count()).toBe(0)
    expect(problems.filter((problem) => !problem.startsWith('Failed to load resource'))).toEqual([])
  })

  test('and the words around it are shown as written, with citations, where the renderer cannot be had', async () => {
    const docent = await startPlayedDocent({
      webDir: setting.webDir,
      script: () => [
        {send: sourcesEvent()},
        {send: {type: 'delta', text: 'Set **PORT**.\n\nThen start.'}},
        {send: {type: 'citation', n: 1, start: 0, end: 13}},
        {send: done('complete')},
      ],
    })
    setting.opened.push(docent)
    const {page, problems} = await newPage()
    await page.route('**/renderer.js', (route) => route.abort())

    await page.goto(docent.url)
    await ask(page)
    await page.locator('.turn.complete .actions').waitFor()

    expect(await page.locator('.text').textContent()).toBe('Set **PORT**.1\n\nThen start.')
    expect(await page.locator('.text a.cite').count()).toBe(1)
    expect(problems.filter((problem) => !problem.startsWith('Failed to load resource'))).toEqual([])
  })

  test('and all that is rendered is tried once before, a little in each idle moment', async () => {
    const docent = await startPlayedDocent({webDir: setting.webDir, script: () => script})
    setting.opened.push(docent)
    const {page, problems} = await newPage()
    await page.addInitScript(() => {
      // A busy machine may give the page no idle moment for as long as a test can wait.
      window.requestIdleCallback = (run) => {
        document.documentElement.dataset['idle'] =
          `${Number(document.documentElement.dataset['idle'] ?? 0) + 1}`
        return window.setTimeout(run, 1)
      }
    })
    const idleTasks = () => page.evaluate(() => Number(document.documentElement.dataset['idle'] ?? 0))

    await page.goto(docent.url)
    await expect.poll(idleTasks, {timeout: 15_000}).toBe(samples.length + 2)
    await ask(page)
    await keyword(page).waitFor()

    expect(await idleTasks()).toBe(samples.length + 2)
    expect(problems).toEqual([])
  })

  test('nothing moves when its colours come late', async () => {
    const docent = await startPlayedDocent({webDir: setting.webDir, script: () => script})
    setting.opened.push(docent)
    const {page} = await newPage()
    let letIn = (): void => {}
    const held = new Promise<void>((resolve) => {
      letIn = resolve
    })
    await page.route('**/highlighter.js', async (route) => {
      await held
      await route.continue()
    })
    /** Where each line of text ends, in pixels, and how high the whole is. */
    const places = (): Promise<{height: number; lines: [number, number][]}> =>
      page.locator('.text').evaluate((text) => {
        const range = document.createRange()
        const words = document.createTreeWalker(text, NodeFilter.SHOW_TEXT)
        const ends = new Map<number, number>()
        while (words.nextNode()) {
          range.selectNodeContents(words.currentNode)
          for (const {bottom, right} of range.getClientRects()) ends.set(bottom, right)
        }
        return {height: text.getBoundingClientRect().height, lines: [...ends]}
      })

    await page.goto(docent.url)
    await ask(page)
    await page.locator('.turn.complete .actions').waitFor()
    const before = await places()
    expect(await page.locator('.code code *').count()).toBe(0)
    letIn()
    await keyword(page).waitFor()

    const after = await places()
    expect(after.height).toBe(before.height)
    expect(after.lines.map(([bottom]) => bottom)).toEqual(before.lines.map(([bottom]) => bottom))
    // Widths of words are rounded where a colour begins.
    for (const [i, [, end]] of after.lines.entries()) expect(end).toBeCloseTo(before.lines[i]![1], 0)
  })

  test('without code in the answer, no highlighter is fetched', async () => {
    const docent = await startPlayedDocent({
      webDir: setting.webDir,
      script: () => [{send: {type: 'delta', text: 'Words. `and` code.'}}, {send: done('complete')}],
    })
    setting.opened.push(docent)
    const {page} = await newPage()

    await page.goto(docent.url)
    await ask(page)
    await page.locator('.turn.complete .actions').waitFor()

    expect(docent.requests.filter((request) => request.includes('highlighter'))).toEqual([])
  })
})

test('the scripts of the widget may be read by any site, and are asked for again only when they changed', async () => {
  const product = await startDocent({webDir: fileURLToPath(builtFile('web')), pages: null})
  try {
    for (const name of ['widget.js', 'renderer.js', 'highlighter.js', 'locales/de.json']) {
      const first = await request(product.http.app).get(`/${name}`)
      const again = await request(product.http.app)
        .get(`/${name}`)
        .set('if-none-match', first.get('etag') ?? '')

      expect([name, first.status, again.status]).toEqual([name, 200, 304])
      expect(first.get('cache-control')).toBe('public, max-age=0')
      expect(first.get('access-control-allow-origin')).toBe('*')
      expect(first.get('cross-origin-resource-policy')).toBe('cross-origin')
    }
  } finally {
    await product.close()
  }
})
