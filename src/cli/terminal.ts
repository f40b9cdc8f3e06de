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
