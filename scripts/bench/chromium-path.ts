import {existsSync} from 'node:fs'

const usual = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Path of the Chromium on this machine, or of `CHROMIUM_PATH`; null when there is none. */
export const chromiumPath: string | null = usual.find((path) => path && existsSync(path)) ?? null
