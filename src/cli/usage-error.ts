import {howToRun} from '../package/index.ts'

/** The command line is invalid, or names something that does not exist. */
export class UsageError extends Error {}

/** Whether an error is a `UsageError` or one of `parseArgs`. */
export function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

/** The message of a usage error, with a pointer to the help. */
export function usageProblem(command: string, error: Error): string {
  return `${error.message}\n\n${howToRun(command, '--help')} lists the options.`
}
