/** A check of the matrix, shown as a line of the table. */
export interface Cell {
  /** The name on the command line and in the table, such as `eventsource@3`. */
  readonly name: string
  /** Why it cannot run on this machine; null if it can. */
  readonly skipped: string | null
  /** Runs the check and returns its details for the table. @throws Error if it fails. */
  run(): string | Promise<string>
}

/** The options of the command line. */
export interface MatrixOptions {
  /** Runs only the small part of each kind. */
  readonly smoke: boolean
  /** Versions of npm to install with; empty for the one that runs this command. */
  readonly npm: readonly string[]
  /** Runs the whole test suite on each Node.js instead of the smoke test. */
  readonly suite: boolean
  /** Minimum number of random cases of each test; null for the default. */
  readonly runs: number | null
  /** The first seed of random tests; null for a random one. */
  readonly seed: number | null
}

export interface Kind {
  readonly name: string
  /** Description for `--help`. */
  readonly help: string
  /** Options of this kind; other kinds reject them. */
  readonly options: readonly string[]
  /** Returns the cells with these names, or all. @throws UsageError for an unknown name. */
  cells(names: readonly string[], options: MatrixOptions): readonly Cell[]
}

/** An invalid command line; the message says what to write instead. */
export class UsageError extends Error {}

/** Returns the selected cells, in their own order. `covers` says whether a name selects a cell. */
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
