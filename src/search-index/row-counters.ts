import type {SqliteDatabase} from '../native/index.ts'

const names = ['page', 'passage', 'section'] as const
type CounterName = (typeof names)[number]

/** The next ids of a build's rows. An id is never reused, not even in builds made from this one. */
export class RowCounters {
  readonly #db: SqliteDatabase
  readonly #next = new Map<CounterName, number>()

  constructor(db: SqliteDatabase) {
    this.#db = db
    const read = db.prepare('SELECT value FROM counters WHERE name = ?').pluck()
    for (const name of names) this.#next.set(name, read.get(name) as number)
  }

  /** The id that `next` will return. */
  peek(name: CounterName): number {
    return this.#next.get(name)!
  }

  next(name: CounterName): number {
    const id = this.peek(name)
    this.#next.set(name, id + 1)
    return id
  }

  save(): void {
    const save = this.#db.prepare('UPDATE counters SET value = ? WHERE name = ?')
    for (const [name, value] of this.#next) save.run(value, name)
  }
}
