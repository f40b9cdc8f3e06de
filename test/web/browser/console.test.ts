import {afterEach, describe, expect, test, vi} from 'vitest'
import {chromiumPath, startBrowsers} from '../../support/chromium.ts'
import {startDocent, supportToken, type TestDocent} from '../../support/start-docent.ts'

/** Staff's pages in a real browser. */

vi.setConfig({testTimeout: 120_000})

const browsers = startBrowsers()
let product: TestDocent | null = null

afterEach(async () => {
  await browsers.close()
  await product?.close()
  product = null
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
