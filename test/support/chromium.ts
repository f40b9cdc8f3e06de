import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type BrowserContext, chromium} from 'playwright-core'
import {chromiumPath} from '../../scripts/bench/chromium-path.ts'

export {chromiumPath}

if (chromiumPath === null) {
  console.log('Browser tests are skipped: no Chromium found (set CHROMIUM_PATH).')
}

export interface Browsers {
  /** Opens a separate browser with its own storage. */
  open(options?: Parameters<typeof chromium.launchPersistentContext>[1]): Promise<BrowserContext>
  close(): Promise<void>
}

/** Starts headless browsers that connect only to the page under test; all are closed together. */
export function startBrowsers(): Browsers {
  const opened: {context: BrowserContext; folder: string}[] = []
  return {
    async open(options = {}) {
      const folder = await mkdtemp(join(tmpdir(), 'docent-chromium-'))
      const context = await chromium.launchPersistentContext(folder, {
        executablePath: chromiumPath!,
        headless: true,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
        viewport: {width: 1280, height: 860},
        ...options,
      })
      opened.push({context, folder})
      return context
    },
    async close() {
      for (const {context, folder} of opened.splice(0)) {
        await context.close()
        await rm(folder, {recursive: true, force: true})
      }
    },
  }
}
