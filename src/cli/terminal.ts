import {cleanLine, cleanText, escapedJson, withoutJobCommands} from '../lib/clean-text.ts'

/** Prints text to standard output. Text of pages can control neither a terminal nor the runner of a CI job. */
export function printText(text: string): void {
  console.log(withoutJobCommands(cleanText(text)))
}

/** Prints text as a single line, whatever it contains. */
export function printLine(line: string): void {
  process.stdout.write(`${cleanLine(line)}\n`)
}

/** Like `printText`, to standard error. */
export function warn(text: string): void {
  console.error(withoutJobCommands(cleanText(text)))
}

/** Prints a JSON value to standard output. */
export function printJsonValue(value: object): void {
  console.log(escapedJson(JSON.stringify(value)))
}

/** Where a command writes as it is: what it prints is clean already. */
export interface Output {
  readonly print: (text: string) => void
  readonly warn: (text: string) => void
}

/** Standard output and standard error. */
export function standardOutput(): Output {
  endWithReader()
  const {stdout, stderr} = process
  return {print: (text) => stdout.write(text), warn: (text) => stderr.write(text)}
}

/** A reader such as `head` closes the pipe when it has read enough. That is not a failure. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
}
