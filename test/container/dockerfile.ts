import {readFileSync} from 'node:fs'

/** One step of a Dockerfile, its continuation lines joined. */
export interface Instruction {
  /** In capitals. */
  readonly name: string
  readonly value: string
}

export interface Stage {
  /** The image it begins with. */
  readonly from: string
  /** Null for a stage without one. */
  readonly name: string | null
  readonly instructions: readonly Instruction[]
}

export interface Copy {
  /** The stage that it copies from; null for the build context. */
  readonly from: string | null
  readonly sources: readonly string[]
  readonly target: string
}

/** The stages of a Dockerfile, in order. @throws Error for a step before the first FROM. */
export function stagesOf(file: URL | string): Stage[] {
  const stages: {from: string; name: string | null; instructions: Instruction[]}[] = []
  for (const {name, value} of instructionsOf(readFileSync(file, 'utf8'))) {
    if (name === 'FROM') {
      const [from, , as] = value.split(/\s+/)
      stages.push({from: from!, name: as ?? null, instructions: []})
    } else {
      const stage = stages.at(-1)
      if (stage === undefined) throw new Error(`${name} stands before FROM`)
      stage.instructions.push({name, value})
    }
  }
  return stages
}

/** The values of all instructions of this name. */
export function valuesOf(stage: Stage, name: string): string[] {
  return stage.instructions.filter((step) => step.name === name).map(({value}) => value)
}

export function copyOf(value: string): Copy {
  const words = value.split(/\s+/)
  const from = words[0]?.startsWith('--from=') ? words.shift()!.slice('--from='.length) : null
  const target = words.pop()
  if (target === undefined || words.length === 0 || words.some((word) => word.startsWith('--')))
    throw new Error(`COPY ${value} is written in a way that is not known here`)
  return {from, sources: words, target}
}

/** `A=1 B=2` as names and values. */
export function environmentOf(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values
      .flatMap((value) => value.split(/\s+/))
      .map((pair) => {
        const at = pair.indexOf('=')
        if (at < 1) throw new Error(`ENV ${pair} is written in a way that is not known here`)
        return [pair.slice(0, at), pair.slice(at + 1)]
      }),
  )
}

/** A command in exec form, as its program and arguments. @throws Error for one that a shell would run. */
export function execForm(value: string): string[] {
  const command: unknown = value.startsWith('[') ? JSON.parse(value) : null
  if (!Array.isArray(command) || command.some((word) => typeof word !== 'string'))
    throw new Error(`${value} is not in exec form`)
  return command as string[]
}

/** What a HEALTHCHECK runs, after its options. */
export function healthCommandOf(value: string): string[] {
  const at = value.indexOf('CMD ')
  if (at < 0) throw new Error(`HEALTHCHECK ${value} has no CMD`)
  return execForm(value.slice(at + 4).trim())
}

/**
 * Whether `.dockerignore` keeps a path out of the build context: the last pattern that fits it, or a folder above it,
 * decides. Knows `*`, `**` and `!`.
 */
export function isIgnored(patterns: string, path: string): boolean {
  let ignored = false
  for (const line of patterns.split('\n')) {
    const pattern = line.trim()
    if (pattern === '' || pattern.startsWith('#')) continue
    const isException = pattern.startsWith('!')
    const expression = pattern
      .slice(isException ? 1 : 0)
      .replace(/^\/|\/$/g, '')
      .replace(/[.+?^$(){}|[\]\\]/g, '\\$&')
      .replace(/\*\*\/|\*\*|\*/g, (mark) => (mark === '**/' ? '(?:.*/)?' : mark === '**' ? '.*' : '[^/]*'))
    if (new RegExp(`^${expression}(?:/|$)`).test(path)) ignored = !isException
  }
  return ignored
}

function instructionsOf(text: string): Instruction[] {
  const joined = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '')
  return joined
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [, name, value] = /^(\w+)\s+(.*)$/.exec(line)!
      return {name: name!.toUpperCase(), value: value!}
    })
}
