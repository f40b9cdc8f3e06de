import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {DocentError, toDocentError} from '../../domain/index.ts'
import {cleanText} from '../../lib/clean-text.ts'
import {keepOthersFromWriting} from '../../native/index.ts'
import {loadSettings, type Settings} from '../../settings/index.ts'
import {isUsageError, usageProblem} from '../usage-error.ts'
import {parseServeArguments, usage} from './options.ts'
import {openServerLog} from './server-log.ts'
import {ServerProcess} from './server-process.ts'

/**
 * `docent serve`: ready lines go to standard output, the log to standard error. The process goes on after this has
 * returned, until a signal ends it.
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
  // Whoever read the ready lines may stop there, as `npm start | head -5` does: answers go on.
  process.stdout.on('error', () => {})
  await new ServerProcess(settings, openServerLog(settings)).start()
  return 0
}

/** Without an index there must be a folder to make one of. Asked before anything is opened. */
function checkContent({contentDir, dataDir}: Settings): void {
  if (existsSync(join(dataDir, 'CURRENT')) || statSync(contentDir, {throwIfNoEntry: false})?.isDirectory()) {
    return
  }
  throw new DocentError(
    'config',
    `CONTENT_DIR: ${JSON.stringify(contentDir)} is no folder, and DATA_DIR holds no index to answer from; name the folder of your Markdown files`,
  )
}
