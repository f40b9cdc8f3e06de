import type {ParseArgsConfig} from 'node:util'

/** A ref or a hash of a visitor: 22 characters of base64url, of which the first may be a dash. */
const dashedId = /^-[\w-]{21}$/

/**
 * Arguments in which ids that begin with a dash are values and not options, which `parseArgs` would take them for: one in 64
 * does. An id after an option that takes a value is joined to it, any other is moved to the end, behind `--`.
 */
export function withDashedIds(
  args: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
): string[] {
  const isOption = (arg: string) => arg.startsWith('--') && Object.hasOwn(options, arg.slice(2))
  const takesValue = (arg: string) => isOption(arg) && options[arg.slice(2)]!.type === 'string'
  const end = args.indexOf('--')
  const before = end === -1 ? args : args.slice(0, end)
  const positionals = end === -1 ? [] : args.slice(end + 1)
  const given: string[] = []
  for (const arg of before) {
    const last = given.at(-1)
    if (!dashedId.test(arg) || isOption(arg)) given.push(arg)
    else if (last !== undefined && takesValue(last)) given[given.length - 1] = `${last}=${arg}`
    else positionals.push(arg)
  }
  return positionals.length === 0 ? given : [...given, '--', ...positionals]
}
