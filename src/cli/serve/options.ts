import {parseArgs} from 'node:util'
import {howToRun} from '../../package/index.ts'

export const usage = `Usage: ${howToRun('serve', '[options]')}

Serves answers on a web page and over HTTP. Ingests first if there is no index.

  --content DIR    the folder of Markdown (default: CONTENT_DIR, or content)
  --data DIR       where the index and the transcripts are kept (default: DATA_DIR, or data)
  --port N         port to listen on (default: PORT, or 3000); 0 picks a free one
  --host ADDRESS   address to listen on (default: HOST, or 127.0.0.1); 0.0.0.0 for all
  --site-url URL   where the docs are published (default: SITE_URL, or this server's own /docs)
  --help

All other settings are read from the environment or from a file .env.

Exit code: 0 stopped by a signal; 1 failed; 2 bad usage or settings.`

const options = {
  content: {type: 'string'},
  data: {type: 'string'},
  port: {type: 'string'},
  host: {type: 'string'},
  'site-url': {type: 'string'},
  help: {type: 'boolean', short: 'h', default: false},
} as const

/** The setting that each option sets. */
const settingNames = {
  content: 'CONTENT_DIR',
  data: 'DATA_DIR',
  port: 'PORT',
  host: 'HOST',
  'site-url': 'SITE_URL',
} as const

/**
 * Settings by name, as in the environment.
 * @throws what `parseArgs` throws.
 */
export function parseServeArguments(args: readonly string[]): Readonly<Record<string, string>> | 'help' {
  const {values} = parseArgs({args: [...args], options})
  if (values.help) return 'help'
  const names = Object.keys(settingNames) as (keyof typeof settingNames)[]
  return Object.fromEntries(
    names.flatMap((name) => (values[name] === undefined ? [] : [[settingNames[name], values[name]]])),
  )
}
