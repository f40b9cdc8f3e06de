/**
 * The log of answers from a terminal. Reads DATA_DIR/transcripts.sqlite, also while the server runs.
 *
 * Run with: npm run transcripts -- --help
 */
import {once} from 'node:events'
import {cleanText, jobCommandFilter} from '../src/lib/clean-text.ts'
import {isGitHubActions, loadSettings} from '../src/settings/settings.ts'
import {transcriptsCommand} from '../src/transcripts/transcripts-command.ts'

const {stdout, stderr} = process

// A reader such as `head` that has seen enough closes the pipe: that is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

// What goes to a file keeps its data; an export is for one.
const inJob =
  isGitHubActions() && !process.argv.includes('export') ? jobCommandFilter() : (text: string) => text

try {
  process.exitCode = await transcriptsCommand(process.argv.slice(2), {
    dataDir: () => loadSettings().dataDir,
    print: async (text) => {
      if (!stdout.write(inJob(text))) await once(stdout, 'drain')
    },
    warn: (text) => stderr.write(text),
    view: {columns: stdout.columns ?? 160, hasColors: stdout.isTTY === true && stdout.hasColors()},
  })
} catch (error) {
  stderr.write(`${cleanText((error as Error).message)}\n`)
  process.exitCode = 1
}
