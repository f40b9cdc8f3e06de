import {cleanLine, cleanText, escapedJson, withoutJobCommands} from '../lib/clean-text.ts'

/** Writes a line to standard output. Names and words of pages drive neither a terminal nor the runner of a CI job. */
export function say(text: string): void {
  console.log(withoutJobCommands(cleanText(text)))
}

/** Writes what is one line whatever is in it. */
export function sayLine(line: string): void {
  process.stdout.write(`${cleanLine(line)}\n`)
}

/** As `say`, to standard error. */
export function warn(text: string): void {
  console.error(withoutJobCommands(cleanText(text)))
}

/** One JSON value on standard output. */
export function sayJson(value: object): void {
  console.log(escapedJson(JSON.stringify(value)))
}
