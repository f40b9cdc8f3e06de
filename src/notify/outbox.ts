import {openSmallDatabase} from '../native/index.ts'

/** A message for one receiver. */
export interface Message {
  readonly number: number
  /** The same at every receiver, and at every try. */
  readonly id: string
  readonly body: string
  /** Tries that failed. */
  readonly tries: number
}

export interface NewMessage extends Pick<Message, 'id' | 'body'> {
  /** What it is about: for a week, no second message about the same is added. Null: it is added always. */
  readonly about: string | null
}

/** What a receiver is to be sent now, or after how many milliseconds to look again; null: when something is added. */
export type Next = {readonly message: Message} | {readonly pauseMs: number | null}

/** What waits to be sent. Survives a restart. @throws DocentError `storage` from each method. */
export interface Outbox {
  /** Adds a message for each receiver. @returns how many older ones were dropped, since there were too many. */
  add(message: NewMessage, receivers: readonly string[]): Promise<number>
  /** The message of a receiver that is due first. Nobody else gets one for this receiver soon, until this is called again. */
  next(receiver: string): Promise<Next>
  remove(number: number): Promise<void>
  /** Tries it again after so many milliseconds. */
  defer(message: Pick<Message, 'number' | 'tries'>, pauseMs: number): Promise<void>
  count(): Promise<number>
  /**
   * Which gaps that are open were not when it was asked last; none the first time. At most so many gaps as are given are
   * remembered.
   * @param readOpen reads which are open; called again if somebody else has asked meanwhile.
   */
  newGaps(readOpen: () => Promise<readonly string[]>): Promise<readonly string[]>
  /** Leaves what was not sent to others. */
  close(): Promise<void>
}

/** How long it is remembered what messages were about, in milliseconds. */
export const rememberedMs = 7 * 24 * 60 * 60 * 1000

/** Default of `maxMessages`. */
export const defaultMaxMessages = 1_000

export interface OutboxOptions {
  /** The SQLite file, or `:memory:`. */
  readonly file: string
  /** Messages for other receivers than these are removed. */
  readonly receivers: readonly string[]
  /** Those that wait for all receivers together; default 1,000. */
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
  {
    name: '002_reported',
    sql: `
      CREATE TABLE reported (about TEXT PRIMARY KEY, at INTEGER NOT NULL);
      CREATE INDEX reported_by_time ON reported (at);
    `,
  },
]

/** An outbox that one process has alone. */
export function openOutbox(options: OutboxOptions): Outbox {
  const {receivers, maxMessages = defaultMaxMessages, now = Date.now} = options
  const {db, read, change} = openSmallDatabase({
    ...options,
    migrations,
    ifMovedAway: 'messages that wait in it are then not sent',
  })
  const insert = db.prepare('INSERT INTO messages (id, receiver, body, due_at) VALUES (?, ?, ?, ?)')
  const dropOldest = db.prepare(
    'DELETE FROM messages WHERE number IN (SELECT number FROM messages ORDER BY number LIMIT max(0, (SELECT count(*) FROM messages) - ?))',
  )
  const first = db.prepare<[string], Message & {readonly dueAt: number}>(
    'SELECT number, id, body, tries, due_at AS dueAt FROM messages WHERE receiver = ? ORDER BY due_at, number LIMIT 1',
  )
  const remove = db.prepare('DELETE FROM messages WHERE number = ?')
  const defer = db.prepare('UPDATE messages SET tries = tries + 1, due_at = ? WHERE number = ? AND tries = ?')
  const report = db.prepare('INSERT OR IGNORE INTO reported (about, at) VALUES (?, ?)')
  const forgetReported = db.prepare('DELETE FROM reported WHERE at < ?')
  const count = db.prepare<[], number>('SELECT count(*) FROM messages').pluck()
  const known = db.prepare<[], string>('SELECT id FROM open_gaps').pluck()
  const addGap = db.prepare('INSERT OR IGNORE INTO open_gaps VALUES (?)')
  const isGrouped = db.prepare<[], number>('SELECT count(*) FROM grouped').pluck()
  db.prepare(`DELETE FROM messages WHERE receiver NOT IN (${receivers.map(() => '?').join(', ')})`).run(
    ...receivers,
  )

  return {
    add: ({id, body, about}, to) =>
      change(() => {
        const at = now()
        if (about !== null) {
          forgetReported.run(at - rememberedMs)
          if (report.run(about, at).changes === 0) return 0
        }
        for (const receiver of to) insert.run(id, receiver, body, at)
        return dropOldest.run(maxMessages).changes
      }),
    next: (receiver) =>
      read((): Next => {
        const found = first.get(receiver)
        if (found === undefined) return {pauseMs: null}
        const {dueAt, ...message} = found
        const pauseMs = dueAt - now()
        return pauseMs > 0 ? {pauseMs} : {message}
      }),
    remove: (number) => change(() => void remove.run(number)),
    defer: ({number, tries}, pauseMs) => change(() => void defer.run(now() + pauseMs, number, tries)),
    count: () => read(() => count.get() ?? 0),
    async newGaps(readOpen) {
      const open = await readOpen()
      return change(() => {
        const before = new Set(known.all())
        const isFirst = isGrouped.get() === 0
        db.exec('DELETE FROM open_gaps; DELETE FROM grouped')
        db.prepare('INSERT INTO grouped VALUES (?)').run(now())
        for (const id of open) addGap.run(id)
        return isFirst ? [] : open.filter((id) => !before.has(id))
      })
    },
    close: async () => void db.close(),
  }
}
