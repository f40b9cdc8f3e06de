/** One thing that is tried, as one line of the table. */
export interface Cell {
  /** As it is asked for and shown: `eventsource@3`. */
  readonly name: string
  /** Why it cannot be tried on this machine; null where it can. */
  readonly skipped: string | null
  /** Returns what the table says of it. @throws when it fails. */
  run(): string | Promise<string>
}

/** What was asked for on the command line, beside the names. */
export interface MatrixOptions {
  /** The small part of each. */
  readonly smoke: boolean
  /** Versions of npm that install; empty for the one that runs this. */
  readonly npm: readonly string[]
  /** The whole suite on each Node instead of the smoke. */
  readonly suite: boolean
  /** Random cases of each test at least; null for as many as its kind usually has. */
  readonly runs: number | null
  /** Where random tests begin; null for another one each time. */
  readonly seed: number | null
}

export interface Kind {
  readonly name: string
  /** What `--help` says of it. */
  readonly help: string
  /** Options of its own; any other kind refuses them. */
  readonly options: readonly string[]
  /** The cells of these names, or all. @throws UsageError for a name that means none. */
  cells(names: readonly string[], options: MatrixOptions): readonly Cell[]
}

/** A wrong command line: what to write instead. */
export class UsageError extends Error {}

/** The cells that are asked for, in their own order. `covers` says whether a name means a cell. */
export function chosenCells<T>(
  all: readonly T[],
  names: readonly string[],
  covers: (cell: T, name: string) => boolean,
  nameOf: (cell: T) => string,
): readonly T[] {
  const unknown = names.find((name) => !all.some((cell) => covers(cell, name)))
  if (unknown !== undefined) {
    throw new UsageError(`there is no ${unknown}; choose from ${all.map(nameOf).join(', ')}`)
  }
  return names.length === 0 ? all : all.filter((cell) => names.some((name) => covers(cell, name)))
}
