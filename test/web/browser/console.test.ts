import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {Page} from 'playwright-core'
import {afterEach, describe, expect, test, vi} from 'vitest'
import {violationsOn} from '../../support/accessibility.ts'
import {browserSetting} from '../../support/browser-setting.ts'
import {chromiumPath} from '../../support/chromium.ts'
import {signIn} from '../../support/console-docent.ts'
import {join, secretOf, staffApi} from '../../support/staff-people.ts'
import {
  adminToken,
  docsToken,
  startDocent,
  supportToken,
  type TestDocent,
} from '../../support/start-docent.ts'

/** The frame of the console in a real browser: who is signed in, and where they are. */

vi.setConfig({testTimeout: 120_000})

const soon = {timeout: 20_000}

let neighbour: Server | null = null

afterEach(() => {
  neighbour?.closeAllConnections()
  neighbour?.close()
  neighbour = null
})

describe.skipIf(chromiumPath === null)('the console', () => {
  const setting = browserSetting()

  async function start(settings: Parameters<typeof startDocent>[0] = {}): Promise<TestDocent> {
    const product = await startDocent({webDir: setting.webDir, ...settings})
    setting.opened.push(product)
    return product
  }

  async function open(options: Parameters<typeof setting.browsers.open>[0] = {}): Promise<Page> {
    const context = await setting.browsers.open(options)
    setting.opened.push(context)
    return context.newPage()
  }

  const heading = (page: Page) => page.getByRole('heading', {level: 1})
  const answered = async (product: TestDocent, question: string): Promise<void> => {
    await (await product.ask({question})).text()
  }

  test('signs in at any address and stays there; a wrong token is said, and nothing is shown before', async () => {
    const product = await start()
    await answered(product, 'xyzzy in the list')
    const page = await open()

    await page.goto(`${product.url}/console/transcripts?ending=abstained`)
    await heading(page).waitFor()
    expect(await page.content()).not.toContain('in the list')
    expect(await page.title()).toBe('Sign in · Docent console')
    expect(await violationsOn(page)).toEqual([])
    await signIn(page, 'not-a-token')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').innerText()).toBe('This token is not valid.')
    expect(await page.getByLabel('Staff token').evaluate((field) => field.matches(':focus'))).toBe(true)
    await signIn(page, supportToken)

    await page.getByRole('link', {name: 'xyzzy in the list'}).waitFor()
    expect(new URL(page.url()).search).toBe('?ending=abstained')
    expect(await page.title()).toBe('Transcripts, Not in the docs · Docent console')
    const cookies = await page.context().cookies()
    expect(cookies).toMatchObject([{name: 'docent_staff', httpOnly: true, sameSite: 'Strict'}])
  })

  test('says for how long wrong tokens are refused, and the right one still passes', async () => {
    const product = await start()
    const page = await open()
    await page.goto(`${product.url}/console`)
    for (let n = 0; n < 10; n++) await staffApi(product, 'POST', '/session', {token: `wrong-${n}`}, {})

    await signIn(page, 'wrong-again')
    await page.getByText('Another wrong one is refused for 15 min').waitFor()
    await signIn(page, supportToken)

    await page.getByRole('heading', {name: 'Transcripts'}).waitFor()
  })

  test('says that a link was used, and opens by one that was not', async () => {
    const product = await start()
    const page = await open()
    const link = `${product.url}/console?token=${product.http.staff.issueOneTimeToken()}`

    await page.goto(link)
    await page.getByRole('heading', {name: 'Transcripts'}).waitFor()
    expect(page.url()).toBe(`${product.url}/console/transcripts`)
    await page.context().clearCookies()
    await page.goto(link)

    await page.getByText('This link has been used or has expired.').waitFor()
  })

  test('addresses of the earlier console lead to the same list', async () => {
    const product = await start()
    await answered(product, 'xyzzy')
    const page = await open()
    await page.goto(`${product.url}/console?q=xyzzy&partial=false`)
    await signIn(page, supportToken)

    await page.getByRole('link', {name: 'xyzzy'}).waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/transcripts')
    expect(await page.getByRole('list', {name: 'Active filters'}).innerText()).toMatch(/xyzzy[\s\S]*Neither/)
  })

  test('shows each role what it may do, by name', async () => {
    const product = await start()
    const ada = await join(product, 'Zoë Ada', 'docs')
    const page = await open()

    await page.goto(`${product.url}/console/transcripts`)
    await signIn(page, ada.token)
    await page.getByRole('heading', {name: 'Not for your role'}).waitFor()
    const account = page.getByRole('button', {name: /^Account/})
    expect(await account.innerText()).toContain('Zoë')
    const navigation = page.getByRole('navigation', {name: 'Console'})
    expect(await navigation.getByRole('link', {name: 'Transcripts'}).count()).toBe(0)
    await page.getByRole('link', {name: 'Docent console'}).click()
    await page.getByRole('heading', {name: 'Reindex', exact: true}).waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/docs')
    expect(await violationsOn(page)).toEqual([])
    await page.goto(`${product.url}/console/no/such/view`)
    await page.getByRole('heading', {name: 'There is nothing at this address'}).waitFor()
  })

  test('is worked by keys: a link to skip the frame, the heading of a new view, no trap', async () => {
    const product = await start()
    await answered(product, 'xyzzy with keys')
    const page = await open()
    await page.goto(`${product.url}/console`)
    await page.getByLabel('Staff token').waitFor()
    await page.keyboard.type(supportToken)
    await page.keyboard.press('Enter')
    await page.getByRole('link', {name: 'xyzzy with keys'}).waitFor()
    await expect.poll(() => page.locator(':focus').innerText(), soon).toBe('Transcripts')

    await page.reload()
    await page.getByRole('link', {name: 'xyzzy with keys'}).waitFor()
    await page.locator('body').press('Tab')
    expect(await page.locator(':focus').innerText()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.locator(':focus').getAttribute('id')).toBe('main')
    await page.keyboard.press('/')
    expect(await page.locator(':focus').getAttribute('type')).toBe('search')
    await page.getByRole('link', {name: 'xyzzy with keys'}).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', {level: 1, name: 'xyzzy with keys'}).waitFor()
    await expect.poll(() => page.locator(':focus').evaluate((element) => element.tagName), soon).toBe('H1')
    expect(await page.title()).toBe('xyzzy with keys · Docent console')
    await page.goBack()
    await expect.poll(() => page.locator(':focus').innerText(), soon).toBe('xyzzy with keys')
  })

  test('has a light and a dark theme, which the docs and the assistant share', async () => {
    const product = await start()
    const page = await open({colorScheme: 'light'})
    await page.goto(`${product.url}/console`)
    await signIn(page, supportToken)
    await heading(page).waitFor()
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)

    await page.getByRole('button', {name: 'Theme: as the system'}).click()
    await page.getByRole('button', {name: 'Theme: light'}).click()
    await page.getByRole('button', {name: 'Theme: dark'}).waitFor()

    expect(await ground()).toBe('rgb(19, 20, 24)')
    expect(await page.evaluate(() => localStorage.getItem('docent:theme'))).toBe('dark')
    await page.reload()
    await heading(page).waitFor()
    expect(await ground()).toBe('rgb(19, 20, 24)')
    await page.goto(`${product.url}/`)
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
  })

  test('says what fails while nobody knows who is signed in, and goes on when asked', async () => {
    const product = await start()
    const page = await open()
    await page.route('**/api/admin/me', (route) => route.abort())
    await page.goto(`${product.url}/console`)
    await page.getByText('The server cannot be reached.').waitFor()
    await page.unroute('**/api/admin/me')
    await page.getByRole('button', {name: 'Try again'}).click()

    await page.getByLabel('Staff token').waitFor()
  })

  test.each([
    ['a list', '/console/transcripts'],
    ['a transcript', '/console/transcripts/ID'],
  ])('in %s, words of visitors turn no other word, and show what they hide', async (_name, path) => {
    const product = await start()
    const question = 'alpha xyzzy \u202ebeta gamma\u2066 delta\x1b[31m \u05d0\u05d1 123'
    await answered(product, question)
    const {answerId} = (await product.transcripts.list({})).items[0]!
    const page = await open()
    await page.goto(product.url + path.replace('ID', answerId))
    await signIn(page, supportToken)
    await page.locator('main bdi').first().waitFor()

    const shown = await page.evaluate(() => {
      const bdi = document.querySelector('main bdi')!
      /** Where a word begins, from the left. */
      const left = (word: string): number => {
        const walker = document.createTreeWalker(bdi, NodeFilter.SHOW_TEXT)
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          const at = node.nodeValue!.indexOf(word)
          if (at < 0) continue
          const range = document.createRange()
          range.setStart(node, at)
          range.setEnd(node, at + 1)
          return range.getBoundingClientRect().left
        }
        throw new Error(`no ${word}`)
      }
      return {
        text: bdi.textContent,
        lefts: ['alpha', 'xyzzy', 'beta', 'gamma', 'delta'].map(left),
        all: document.body.innerText,
      }
    })

    expect(shown.text).toContain('U+202Ebeta gammaU+2066 deltaU+001B')
    expect([...shown.lefts].sort((a, b) => a - b)).toEqual(shown.lefts)
    expect(shown.all).not.toMatch(/[\x1b\u202a-\u202e\u2066-\u2069]/)
  })

  describe('over plain HTTP', () => {
    /** Names that are no name of this machine: for these a browser does not say Sec-Fetch-Site over plain HTTP. */
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--host-resolver-rules=MAP *.docs.test 127.0.0.1,MAP docs.test 127.0.0.1',
    ]

    test('a colleague joins by the link, signs out, and in again with the token', async () => {
      const product = await start({settings: {allowedHosts: ['docs.test']}})
      const invited = await staffApi(product, 'POST', '/people', {name: 'Zoë', role: 'support'})
      const base = `http://docs.test:${product.port}`
      const page = await open({args})
      const link = `${base}/console/join?invitation=${secretOf(invited)}`

      await page.goto(link)
      expect(await violationsOn(page)).toEqual([])
      await page.getByRole('button', {name: 'Take up the invitation'}).click()
      await page.getByRole('heading', {name: 'Welcome, Zoë'}).waitFor()
      const token = await page.locator('.token code').innerText()
      expect(page.url()).not.toContain('invitation')
      await page.getByRole('link', {name: 'To the console'}).click()
      const account = page.getByRole('button', {name: 'Account: Zoë'})
      await account.click()
      await page.getByRole('button', {name: 'Sign out'}).click()
      await signIn(page, token)
      await account.waitFor()

      await page.goto(link)
      await page.getByRole('button', {name: 'Take up the invitation'}).click()
      await page.getByText('has been taken up or withdrawn').waitFor()
    })

    test('a neighbouring site changes nothing, though the browser sends it the cookie', async () => {
      const product = await start({settings: {allowedHosts: ['docs.test']}})
      const base = `http://docs.test:${product.port}`
      const page = await open({args})
      await page.goto(`${base}/console`)
      await signIn(page, adminToken)
      await page.getByRole('heading', {name: 'Transcripts'}).waitFor()

      for (const policy of ['unsafe-url', 'no-referrer']) {
        neighbour?.close()
        const target = `${base}/api/admin/reindex`
        neighbour = createServer((_request, response) => {
          response.setHeader('content-type', 'text/html')
          response.setHeader('referrer-policy', policy)
          response.end(`<form method="post" action="${target}"><button>Win a prize</button></form>`)
        })
        await new Promise<void>((resolve) => neighbour!.listen(0, '127.0.0.1', resolve))
        const {port} = neighbour.address() as AddressInfo
        await page.goto(`http://evil.docs.test:${port}/`)
        const answer = page.waitForResponse(target)
        await page.getByRole('button').click()
        const response = await answer
        expect((await response.request().allHeaders())['cookie']).toContain('docent_staff=')
        expect(response.status()).toBe(403)
      }
      await page.goto(`${base}/console`)
      await page.getByRole('heading', {name: 'Transcripts'}).waitFor()
    })
  })

  test('a token of the docs team signs in, too', async () => {
    const product = await start()
    const page = await open()
    await page.goto(`${product.url}/console`)
    await signIn(page, docsToken)
    await page.getByRole('heading', {name: 'Reindex', exact: true}).waitFor()
  })
})
