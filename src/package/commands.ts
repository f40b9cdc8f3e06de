import {isCheckout} from './files.ts'

/** A command as people type it: with npm in a checkout, with npx if Docent is an installed package. */
export function howToRun(command: string, ...args: readonly string[]): string {
  const rest = args.join(' ')
  if (!isCheckout) return `npx docent ${command} ${rest}`.trimEnd()
  return `npm ${command === 'serve' ? 'start' : `run ${command}`}${rest === '' ? '' : ` -- ${rest}`}`
}
