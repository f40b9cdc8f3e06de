import type {SqliteDatabase} from '../native/index.ts'

const names = ['page', 'passage', 'section'] as const
type CounterName = (typeof names)[number]

/** The next free numbers of a build's rows. A number is never used twice, also not in builds made from this one. */
export class RowCounters {
  readonly #db: SqliteDatabase
  readonly #next = new Map<CounterName, number>()

  constructor(db: SqliteDatabase) {
    this.#db = db
    const read = db.prepare('SELECT value FROM counters WHERE name = ?').pluck()
    for (const name of names) this.#next.set(name, read.get(name) as number)
  }

  /** The number that `take` returns next. */
  peek(name: CounterName): number {
    return this.#next.get(name)!
  }

  take(name: CounterName): number {
    const number = this.peek(name)
    this.#next.set(name, number + 1)
    return number
  }

  save(): void {
    const save = this.#db.prepare('UPDATE counters SET value = ? WHERE name = ?')
    for (const [name, value] of this.#next) save.run(value, name)
  }
}
