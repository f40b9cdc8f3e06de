import {DocentError} from '../domain/index.ts'
import {cleanText} from '../lib/clean-text.ts'
import {isUsageError, usageProblem} from './usage-error.ts'

/**
 * Runs a command of `docent`, and says what is wrong with how it was called or set up.
 * @param name as it is typed, for the usage
 * @returns the exit code: that of the command, 1 for what is not possible, 2 for bad usage or settings.
 * @throws what is a fault of Docent's.
 */
export async function exitCodeOf(
  name: string,
  command: () => Promise<number>,
  warn: (text: string) => void,
): Promise<number> {
  try {
    return await command()
  } catch (error) {
    if (isUsageError(error)) {
      warn(`${cleanText(usageProblem(name, error))}\n`)
      return 2
    }
    if (!(error instanceof DocentError)) throw error
    warn(`${cleanText(error.message)}\n`)
    return error.code === 'config' ? 2 : 1
  }
}
