import {isCheckout} from './files.ts'

/** Commands as people type them: by npm in a checkout, by npx where Docent is an installed package. */
export function howToRun(command: string, ...args: readonly string[]): string {
  const rest = args.join(' ')
  if (!isCheckout) return `npx docent ${command} ${rest}`.trimEnd()
  return `npm ${command === 'serve' ? 'start' : `run ${command}`}${rest === '' ? '' : ` -- ${rest}`}`
}
