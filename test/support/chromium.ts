import {type Browser, type BrowserContext, type BrowserContextOptions, chromium} from 'playwright-core'
import {chromiumPath} from '../../scripts/bench/chromium-path.ts'

export {chromiumPath}

if (chromiumPath === null) {
  console.log('Browser tests are skipped: no Chromium found (set CHROMIUM_PATH).')
}

export interface OpenOptions extends BrowserContextOptions {
  /** Further arguments of the browser, which is then started for this call alone. */
  readonly args?: readonly string[]
}

export interface Browsers {
  /** Opens windows with their own storage. */
  open(options?: OpenOptions): Promise<BrowserContext>
  close(): Promise<void>
}

const baseArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Headless browsers that connect only to the page under test; all are closed together. */
export function startBrowsers(): Browsers {
  const started: Promise<Browser>[] = []
  let shared: Promise<Browser> | undefined

  function start(args: readonly string[]): Promise<Browser> {
    const browser = chromium.launch({
      executablePath: chromiumPath!,
      headless: true,
      args: [...baseArgs, ...args],
    })
    started.push(browser)
    return browser
  }

  return {
    async open({args, ...options} = {}) {
      if (args === undefined) shared ??= start([])
      const browser = await (args === undefined ? shared! : start(args))
      return browser.newContext({viewport: {width: 1280, height: 860}, ...options})
    },
    async close() {
      for (const browser of started.splice(0)) await (await browser).close()
    },
  }
}
