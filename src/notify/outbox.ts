import {openSmallDatabase} from '../native/index.ts'

/** A message for one receiver. */
export interface Message {
  readonly number: number
  /** The same at every receiver, and at every try. */
  readonly id: string
  readonly body: string
  /** Tries that failed. */
  readonly tries: number
  /** When it is tried next, in milliseconds since the epoch. */
  readonly dueAt: number
}

/** What waits to be sent; several processes may not. Survives a restart. @throws DocentError `storage` from each method. */
export interface Outbox {
  /** Adds a message for each receiver. @returns how many older ones were dropped, since there were too many. */
  add(message: {readonly id: string; readonly body: string}, receivers: readonly string[]): Promise<number>
  /** The message of a receiver that is due first. */
  next(receiver: string): Promise<Message | null>
  remove(number: number): Promise<void>
  /** Tries it again later. */
  defer(number: number, dueAt: number): Promise<void>
  count(): Promise<number>
  /**
   * Which of these gaps were not open when it was asked last; none the first time. At most so many gaps as are given are
   * remembered.
   */
  newGaps(open: readonly string[]): Promise<readonly string[]>
  close(): void
}

export interface OutboxOptions {
  /** The SQLite file, or `:memory:`. */
  readonly file: string
  /** Messages for other receivers than these are removed. */
  readonly receivers: readonly string[]
  /** Default 1,000. */
  readonly maxMessages?: number
  readonly now?: () => number
  readonly onExposed?: (warning: string) => void
}

const migrations = [
  {
    name: '001_outbox',
    sql: `
      CREATE TABLE messages (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        receiver TEXT NOT NULL,
        body TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        due_at INTEGER NOT NULL
      );
      CREATE INDEX messages_by_receiver ON messages (receiver, due_at, number);
      CREATE TABLE open_gaps (id TEXT PRIMARY KEY);
      CREATE TABLE grouped (at INTEGER NOT NULL);
    `,
  },
]

export function openOutbox(options: OutboxOptions): Outbox {
  const {receivers, maxMessages = 1_000, now = Date.now} = options
  const {db, read, change} = openSmallDatabase({
    ...options,
    migrations,
    ifMovedAway: 'messages that wait in it are then not sent',
  })
  const insert = db.prepare('INSERT INTO messages (id, receiver, body, due_at) VALUES (?, ?, ?, ?)')
  const dropOldest = db.prepare(
    'DELETE FROM messages WHERE number IN (SELECT number FROM messages ORDER BY number LIMIT max(0, (SELECT count(*) FROM messages) - ?))',
  )
  const first = db.prepare<[string], Message>(
    'SELECT number, id, body, tries, due_at AS dueAt FROM messages WHERE receiver = ? ORDER BY due_at, number LIMIT 1',
  )
  const remove = db.prepare('DELETE FROM messages WHERE number = ?')
  const defer = db.prepare('UPDATE messages SET tries = tries + 1, due_at = ? WHERE number = ?')
  const count = db.prepare<[], number>('SELECT count(*) FROM messages').pluck()
  const known = db.prepare<[], string>('SELECT id FROM open_gaps').pluck()
  const addGap = db.prepare('INSERT OR IGNORE INTO open_gaps VALUES (?)')
  const isGrouped = db.prepare<[], number>('SELECT count(*) FROM grouped').pluck()
  db.prepare(`DELETE FROM messages WHERE receiver NOT IN (${receivers.map(() => '?').join(', ')})`).run(
    ...receivers,
  )

  return {
    add: ({id, body}, to) =>
      change(() => {
        for (const receiver of to) insert.run(id, receiver, body, now())
        return dropOldest.run(maxMessages).changes
      }),
    next: (receiver) => read(() => first.get(receiver) ?? null),
    remove: (number) => change(() => void remove.run(number)),
    defer: (number, dueAt) => change(() => void defer.run(dueAt, number)),
    count: () => read(() => count.get() ?? 0),
    newGaps: (open) =>
      change(() => {
        const before = new Set(known.all())
        const isFirst = isGrouped.get() === 0
        db.exec('DELETE FROM open_gaps; DELETE FROM grouped')
        db.prepare('INSERT INTO grouped VALUES (?)').run(now())
        for (const id of open) addGap.run(id)
        return isFirst ? [] : open.filter((id) => !before.has(id))
      }),
    close: () => db.close(),
  }
}
