import {fileURLToPath} from 'node:url'
import {afterAll, afterEach, beforeAll} from 'vitest'
import {builtFile} from '../../src/package/index.ts'
import {type Browsers, startBrowsers} from './chromium.ts'

/** What the browser tests of a block share. Available from its first test on. */
export interface BrowserSetting {
  readonly browsers: Browsers
  /** The page and the widget, built before the tests. */
  readonly webDir: string
  /** Closed after each test, in reverse order. */
  readonly opened: {close(): Promise<unknown>}[]
}

/** Call it in the `describe` block: it sets up before the tests and cleans up after them. */
export function browserSetting(): BrowserSetting {
  let browsers: Browsers | undefined
  const opened: BrowserSetting['opened'] = []

  beforeAll(() => {
    browsers = startBrowsers()
  })

  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close()
  })

  afterAll(async () => {
    await browsers?.close()
  })

  return {
    get browsers() {
      return browsers!
    },
    webDir: fileURLToPath(builtFile('web')),
    opened,
  }
}
