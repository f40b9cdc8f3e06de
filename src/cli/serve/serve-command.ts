import {toDocentError} from '../../domain/index.ts'
import {cleanText} from '../../lib/clean-text.ts'
import {keepOthersFromWriting} from '../../native/index.ts'
import {loadSettings, type Settings} from '../../settings/index.ts'
import {checkContent} from '../check-content.ts'
import {isUsageError, usageProblem} from '../usage-error.ts'
import {parseServeArguments, usage} from './options.ts'
import {openServerLog} from './server-log.ts'
import {ServerProcess} from './server-process.ts'

/**
 * `docent serve`: prints the ready lines to standard output and the log to standard error. The process keeps running
 * after this has returned, until a signal ends it.
 */
export async function run(args: readonly string[]): Promise<number> {
  keepOthersFromWriting()
  let settings: Settings
  try {
    const given = parseServeArguments(args)
    if (given === 'help') {
      console.log(usage)
      return 0
    }
    settings = loadSettings(given)
    checkContent(settings)
  } catch (error) {
    const problem = isUsageError(error) ? usageProblem('serve', error) : toDocentError(error).message
    process.stderr.write(`${cleanText(problem)}\n`)
    return 2
  }
  // The reader may close the pipe after the ready lines, as `npm start | head -5` does. The server keeps running.
  process.stdout.on('error', () => {})
  await new ServerProcess(settings, openServerLog(settings)).start()
  return 0
}
