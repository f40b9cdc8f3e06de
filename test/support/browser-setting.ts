import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll} from 'vitest'
import {buildWeb} from '../../scripts/build-web.ts'
import {type Browsers, startBrowsers} from './chromium.ts'

/** What the tests of a block in a browser share. There from its first test on. */
export interface BrowserSetting {
  readonly browsers: Browsers
  /** The page and the widget, built for these tests. */
  readonly webDir: string
  /** Closed after each test, the last one first. */
  readonly opened: {close(): Promise<unknown>}[]
}

/** Call it in the block itself: it sets up before its tests and cleans up after them. */
export function browserSetting(): BrowserSetting {
  let folder: string
  let browsers: Browsers | undefined
  const opened: BrowserSetting['opened'] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docent-web-'))
    await buildWeb({outDir: join(folder, 'web'), minify: true})
    browsers = startBrowsers()
  })

  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close()
  })

  afterAll(async () => {
    await browsers?.close()
    await rm(folder, {recursive: true, force: true})
  })

  return {
    get browsers() {
      return browsers!
    },
    get webDir() {
      return join(folder, 'web')
    },
    opened,
  }
}
