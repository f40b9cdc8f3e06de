import {howToRun} from '../package/index.ts'

/** The command line is wrong, or what it names is not there. */
export class UsageError extends Error {}

/** Also what `parseArgs` throws. */
export function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

/** What is wrong and where to look. */
export function usageProblem(command: string, error: Error): string {
  return `${error.message}\n\n${howToRun(command, '--help')} lists the options.`
}
