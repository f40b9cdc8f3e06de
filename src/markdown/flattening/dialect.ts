import type {Pass} from './pass.ts'

/** A line at whose beginning a pass stands. */
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
  /** Offset behind what containers put before the line. */
  readonly start: number
  /** Offset of the line's break. */
  readonly end: number
  /** Content column of the innermost open list item. */
  readonly listOffset: number
}

/** Something that is a whole line, or begins with one. */
export interface LineConstruct {
  /** The characters it can begin with. */
  readonly starts: string
  /** Takes the line, or leaves everything as it is and returns false. */
  read(pass: Pass, line: Line): boolean
}

/** Something inside a line; it may end lines. */
export interface TextConstruct {
  readonly starts: string
  /** Takes what stands at `pass.p`, or leaves everything as it is and returns false. */
  read(pass: Pass): boolean
}

/** A family of constructs that one kind of site adds to Markdown. */
export interface Dialect {
  readonly name: string
  /** Recognised at any indentation, so before indented code. */
  readonly fences?: readonly LineConstruct[]
  readonly lines?: readonly LineConstruct[]
  readonly text?: readonly TextConstruct[]
}

/** Constructs by the character they begin with, in the order of their dialects. */
export type Starts<C> = ReadonlyMap<string, readonly C[]>

/** Where to look for what a line or a part of it may be. */
export interface DialectTables {
  readonly fences: Starts<LineConstruct>
  readonly lines: Starts<LineConstruct>
  readonly text: Starts<TextConstruct>
}

/** Where two constructs begin alike, the one of the earlier dialect is tried first. */
export function dialectTables(dialects: readonly Dialect[]): DialectTables {
  return {
    fences: byStart(dialects.flatMap(({fences}) => fences ?? [])),
    lines: byStart(dialects.flatMap(({lines}) => lines ?? [])),
    text: byStart(dialects.flatMap(({text}) => text ?? [])),
  }
}

function byStart<C extends {readonly starts: string}>(constructs: readonly C[]): Starts<C> {
  const table = new Map<string, C[]>()
  for (const construct of constructs) {
    for (const char of construct.starts) table.set(char, [...(table.get(char) ?? []), construct])
  }
  return table
}
