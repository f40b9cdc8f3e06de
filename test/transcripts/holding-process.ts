/** A process that reads a transcripts file and does not let go of what it sees until it is killed. Told the file by message. */
import {openSqlite} from '../../src/native/index.ts'

process.on('message', (file: string) => {
  const db = openSqlite(file, {readonly: true})
  db.exec('BEGIN')
  db.prepare('SELECT count(*) FROM answers').get()
  process.send?.('holding')
})
