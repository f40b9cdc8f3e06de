import type {Writable} from 'node:stream'
import {parseArgs} from 'node:util'
import {toDocentError} from '../../domain/index.ts'
import {cleanText} from '../../lib/clean-text.ts'
import {keepOthersFromWriting} from '../../native/index.ts'
import {howToRun} from '../../package/index.ts'
import {loadSettings, type Settings} from '../../settings/index.ts'
import {checkContent} from '../check-content.ts'
import {openServerLog} from '../serve/server-log.ts'
import {isUsageError, usageProblem} from '../usage-error.ts'
import {protocolOutput} from './protocol-output.ts'
import {serveOverStdio} from './serve-over-stdio.ts'
import {dropUnreadStderr} from './stderr-that-drops.ts'

const usage = `Usage: ${howToRun('mcp', '[options]')}

Gives agents on this machine the docs over the Model Context Protocol: reads requests from standard input and writes
nothing but answers to standard output. Ingests first if there is no index. Ends when standard input is closed.
Through npm it needs -s, as in npm run -s mcp: else npm writes lines of its own.

  --content DIR    the folder of Markdown (default: CONTENT_DIR, or content)
  --data DIR       where the index is kept (default: DATA_DIR, or data)
  --site-url URL   where the docs are published (default: SITE_URL)
  --help

All other settings are read from the environment or from a file .env in the working folder.

Exit code: 0 ended by its client or a signal; 1 failed; 2 bad usage or settings.`

const options = {
  content: {type: 'string'},
  data: {type: 'string'},
  'site-url': {type: 'string'},
  help: {type: 'boolean', short: 'h', default: false},
} as const

/** How long output may be read after the end, in milliseconds. */
const unreadMs = 1000

/** `docent mcp`: the docs for an agent that starts this process and talks to it over its standard streams. */
export async function run(args: readonly string[]): Promise<number> {
  keepOthersFromWriting()
  let settings: Settings
  let output: Writable
  try {
    const {values} = parseArgs({args: [...args], options})
    if (values.help) {
      console.log(usage)
      return 0
    }
    dropUnreadStderr()
    output = protocolOutput()
    const given = {CONTENT_DIR: values.content, DATA_DIR: values.data, SITE_URL: values['site-url']}
    settings = loadSettings(
      Object.fromEntries(
        Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
    )
    checkContent(settings)
  } catch (error) {
    const problem = isUsageError(error) ? usageProblem('mcp', error) : toDocentError(error).message
    process.stderr.write(`${cleanText(problem)}\n`)
    return 2
  }
  try {
    const log = openServerLog(settings, {write: (line) => void process.stderr.write(line)})
    await serveOverStdio(settings, {log, input: process.stdin, output})
    return 0
  } catch (error) {
    process.stderr.write(`${cleanText(toDocentError(error).message)}\n`)
    return 1
  } finally {
    // An input that is still open would keep the process, and so would output that nobody reads.
    process.stdin.destroy()
    setTimeout(() => process.exit(), unreadMs).unref()
  }
}
