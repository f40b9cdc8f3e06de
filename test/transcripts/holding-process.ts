/** A process that reads the transcripts file it is sent, and holds what it sees until it is killed. */
import {openSqlite, type SqliteDatabase} from '../../src/native/index.ts'

/** A database that nothing refers to is closed when it is collected, and its transaction with it. */
const held: SqliteDatabase[] = []

process.on('message', (file: string) => {
  const db = openSqlite(file, {readonly: true})
  held.push(db)
  db.exec('BEGIN')
  db.prepare('SELECT count(*) FROM answers').get()
  process.send?.('holding')
})
