import {statSync} from 'node:fs'
import type {SqliteDatabase} from '../native/index.ts'
import {catalogFileOf} from './catalog/catalog-file.ts'
import {usedBytes} from './retention.ts'
import type {TranscriptStorage} from './transcript-store.ts'

/** What the transcripts take. @throws what SQLite throws. */
export function storageOf(db: SqliteDatabase, file: string, maxBytes: number): TranscriptStorage {
  const oldest = db.prepare<[], number>('SELECT started_at FROM answers ORDER BY row LIMIT 1').pluck().get()
  const catalog = catalogFileOf(file)
  const beside = file === ':memory:' ? [] : [`${file}-wal`, catalog, `${catalog}-wal`]
  return {
    bytes: usedBytes(db),
    maxBytes: maxBytes === 0 ? null : maxBytes,
    besideBytes: beside.reduce((sum, name) => sum + (statSync(name, {throwIfNoEntry: false})?.size ?? 0), 0),
    oldestAt: oldest ?? null,
  }
}
