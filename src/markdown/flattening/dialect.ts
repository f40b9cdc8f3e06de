import type {Reading} from './reading.ts'

/** The line that a pass is about to read. */
export interface Line {
  /** Without indentation and quote marks; never empty. */
  readonly text: string
  /** Quote marks and indentation before the text. */
  readonly lead: string
  readonly quote: string
  /** What follows the quote marks, indentation kept. */
  readonly body: string
  /** Columns of indentation, quotes not counted. */
  readonly indent: number
  /** Offset after the indentation that containers add. */
  readonly start: number
  /** Offset of the line's break. */
  readonly end: number
  /** Content column of the innermost open list item. */
  readonly listOffset: number
}

/** A construct that is a whole line, or begins with one. */
export interface LineConstruct {
  /** The characters it can begin with. */
  readonly starts: string
  /** Reads the line and returns true, or changes nothing and returns false. */
  read(reading: Reading, line: Line): boolean
}

/** A construct inside a line; it may span several lines. */
export interface TextConstruct {
  readonly starts: string
  /** Reads the construct at the cursor and returns true, or changes nothing and returns false. */
  read(reading: Reading): boolean
}

/** A family of constructs that one kind of site adds to Markdown. */
export interface Dialect {
  readonly name: string
  /** Tried before indented code, because these are recognised at any indentation. */
  readonly fences?: readonly LineConstruct[]
  readonly lines?: readonly LineConstruct[]
  readonly text?: readonly TextConstruct[]
}

/** Constructs by the character that they begin with, in the order of their dialects. */
export type Starts<C> = ReadonlyMap<string, readonly C[]>

/** The constructs of all dialects, by where they are recognised. */
export interface DialectTables {
  readonly fences: Starts<LineConstruct>
  readonly lines: Starts<LineConstruct>
  readonly text: Starts<TextConstruct>
  /** Text in which no construct begins; sticky. */
  readonly plainRun: RegExp
}

/** Characters with a meaning of their own, besides those that a construct begins with. */
const marks = '\\`<{[]:\n'

const known = new WeakMap<readonly Dialect[], DialectTables>()

/** The tables of a list of dialects, made once. If two constructs begin with the same character, that of the earlier dialect is tried first. */
export function dialectTables(dialects: readonly Dialect[]): DialectTables {
  const made = known.get(dialects)
  if (made) return made
  const text = dialects.flatMap(({text}) => text ?? [])
  const tables = {
    fences: byStart(dialects.flatMap(({fences}) => fences ?? [])),
    lines: byStart(dialects.flatMap(({lines}) => lines ?? [])),
    text: byStart(text),
    plainRun: runWithout(text),
  }
  known.set(dialects, tables)
  return tables
}

function byStart<C extends {readonly starts: string}>(constructs: readonly C[]): Starts<C> {
  const table = new Map<string, C[]>()
  for (const construct of constructs) {
    for (const char of construct.starts) table.set(char, [...(table.get(char) ?? []), construct])
  }
  return table
}

function runWithout(constructs: readonly TextConstruct[]): RegExp {
  const starts = new Set([...marks, ...constructs.flatMap(({starts: chars}) => [...chars])])
  const escaped = [...starts].map((char) => char.replace(/[\\\]^-]/, '\\$&'))
  return new RegExp(`[^${escaped.join('')}]+`, 'y')
}
