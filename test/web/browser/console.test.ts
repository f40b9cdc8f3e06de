import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterEach, describe, expect, test, vi} from 'vitest'
import {chromiumPath, startBrowsers} from '../../support/chromium.ts'
import {secretOf, staffApi} from '../../support/staff-people.ts'
import {startDocent, supportToken, type TestDocent} from '../../support/start-docent.ts'

/** Staff's pages in a real browser. */

vi.setConfig({testTimeout: 120_000})

const browsers = startBrowsers()
let product: TestDocent | null = null
let neighbour: Server | null = null

afterEach(async () => {
  await browsers.close()
  await product?.close()
  product = null
  neighbour?.closeAllConnections()
  neighbour?.close()
  neighbour = null
})

describe.skipIf(chromiumPath === null)('words of visitors in the console', () => {
  test('turn no other word, and show what they hide', async () => {
    product = await startDocent()
    const question = 'alpha xyzzy \u202ebeta gamma\u2066 delta\x1b[31m \u05d0\u05d1 123'
    const response = await product.ask({question})
    await response.text()
    const {answerId} = (await product.transcripts.list({})).items[0]!
    const context = await browsers.open({extraHTTPHeaders: {authorization: `Bearer ${supportToken}`}})
    const page = await context.newPage()

    const sought = '\u202ebeta delta\x1b[31m gamma\u2066'
    for (const path of [`/console?q=${encodeURIComponent(sought)}`, `/console/transcripts/${answerId}`]) {
      await page.goto(product.url + path)
      const shown = await page.evaluate(() => {
        const bdi = document.querySelector('bdi')!
        const text = bdi.textContent
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
        return {text, lefts: ['alpha', 'xyzzy', 'beta', 'gamma', 'delta'].map(left)}
      })

      expect(shown.text).toContain('U+202Ebeta gammaU+2066 deltaU+001B')
      expect([...shown.lefts].sort((a, b) => a - b)).toEqual(shown.lefts)
      expect(await page.content()).not.toMatch(/[\x1b\u202a-\u202e\u2066-\u2069]/)
    }
  })
})

describe.skipIf(chromiumPath === null)('a colleague, over plain HTTP and without scripts', () => {
  /** Names that are no name of this machine: for these a browser does not say Sec-Fetch-Site over plain HTTP. */
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--host-resolver-rules=MAP *.docs.test 127.0.0.1,MAP docs.test 127.0.0.1',
  ]

  test('joins by the link, signs out, and in again with the token; a neighbouring site can do neither', async () => {
    product = await startDocent({settings: {allowedHosts: ['docs.test']}})
    const invited = await staffApi(product, 'POST', '/people', {name: 'Zoë', role: 'support'})
    const base = `http://docs.test:${product.port}`
    const context = await browsers.open({args, javaScriptEnabled: false})
    const page = await context.newPage()

    await page.goto(`${base}/console/join?invitation=${secretOf(invited)}`)
    await page.getByRole('button', {name: 'Take up the invitation'}).click()
    const token = await page.locator('code').innerText()
    await page.getByRole('link', {name: 'To the console'}).click()
    const bar = page.getByRole('navigation', {name: 'Console'})
    expect(await bar.innerText()).toContain('Zoë')

    // Pages of the same site get the cookie sent, whatever SameSite says.
    for (const policy of ['unsafe-url', 'no-referrer']) {
      neighbour?.close()
      const target = `${base}/console/sign-out`
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
    expect(await bar.innerText()).toContain('Zoë')

    await page.getByRole('button', {name: 'Sign out'}).click()
    await page.getByLabel('Staff token').fill(token)
    await page.getByRole('button', {name: 'Sign in'}).click()
    expect(await bar.innerText()).toContain('Zoë')
  })
})
