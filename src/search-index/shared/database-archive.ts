import {constants} from 'node:fs'
import {type FileHandle, open} from 'node:fs/promises'
import {join} from 'node:path'
import {DocentError} from '../../domain/index.ts'
import type {Postgres} from '../../postgres/index.ts'
import type {BuildArchive} from './build-archive.ts'
import {chunkBytes, chunkCount, hashOfChunk, readChunk} from './chunks.ts'
import {retried} from './retried.ts'

/** Chunks of one query: a megabyte, which also a slow connection brings in time. */
const chunksAtOnce = 8
/** Rows of one statement that inserts parts. */
const partsAtOnce = 2_000
/** Chunks that one statement removes. */
const removedAtOnce = 100

interface Part {
  readonly file: string
  readonly part: number
  readonly hash: Buffer
}

/** Keeps the files of builds in chunks in PostgreSQL. Chunks that builds have in common are sent and kept once. */
export function databaseArchive(postgres: Postgres): BuildArchive {
  /** Sends the chunks that the database does not have, or not whole. */
  async function send(chunks: readonly {readonly hash: Buffer; readonly data: Buffer}[]): Promise<void> {
    // One that is damaged there is sent again, and is whole for the builds before as well.
    const known = await retried(() =>
      postgres.rows<{hash: Buffer}>(
        'SELECT hash FROM docent.build_chunks WHERE hash = ANY($1) AND sha256(data) = hash',
        [chunks.map(({hash}) => hash)],
      ),
    )
    const there = new Set(known.map(({hash}) => hash.toString('hex')))
    for (const {hash, data} of chunks) {
      const key = hash.toString('hex')
      if (there.has(key)) continue
      there.add(key)
      await retried(() =>
        postgres.run(
          `INSERT INTO docent.build_chunks (hash, data) VALUES ($1, $2)
           ON CONFLICT (hash) DO UPDATE SET data = excluded.data`,
          [hash, data],
        ),
      )
    }
  }

  return {
    keptIn: 'database',

    async store(id, folder, files) {
      const parts: Part[] = []
      for (const {name, bytes} of files) {
        const file = await open(join(folder, name), 'r')
        try {
          const count = chunkCount(bytes)
          for (let from = 0; from < count; from += chunksAtOnce) {
            const chunks = []
            for (let part = from; part < Math.min(count, from + chunksAtOnce); part++) {
              const data = await readChunk(file, part)
              const hash = hashOfChunk(data)
              chunks.push({hash, data})
              parts.push({file: name, part, hash})
            }
            await send(chunks)
          }
        } finally {
          await file.close()
        }
      }
      return async (queries) => {
        for (let from = 0; from < parts.length; from += partsAtOnce) {
          const some = parts.slice(from, from + partsAtOnce)
          await queries.run(
            `INSERT INTO docent.build_parts (build, file, part, hash)
             SELECT $1, * FROM unnest($2::text[], $3::integer[], $4::bytea[])`,
            [id, some.map(({file}) => file), some.map(({part}) => part), some.map(({hash}) => hash)],
          )
        }
      }
    },

    async fetch(id, files, {folder, base, signal}) {
      const rows = await postgres.rows<Part>(
        'SELECT file, part, hash FROM docent.build_parts WHERE build = $1 ORDER BY file, part',
        [id],
      )
      for (const {name, bytes} of files) {
        const hashes = rows.filter(({file}) => file === name).map(({hash}) => hash)
        if (hashes.length !== chunkCount(bytes)) throw incomplete(id)
        const older = base === null ? null : await open(join(base, name), 'r').catch(() => null)
        try {
          await fetchFile(join(folder, name), hashes, {id, bytes, older, signal})
        } finally {
          await older?.close()
        }
      }
    },

    async collect() {
      for (;;) {
        const removed = await postgres.run(
          `DELETE FROM docent.build_chunks WHERE hash IN (
             SELECT hash FROM docent.build_chunks AS chunk
             WHERE NOT EXISTS (SELECT FROM docent.build_parts WHERE build_parts.hash = chunk.hash)
             LIMIT $1
           )`,
          [removedAtOnce],
        )
        if (removed < removedAtOnce) return
      }
    },
  }

  async function fetchFile(
    path: string,
    hashes: readonly Buffer[],
    {
      id,
      bytes,
      older,
      signal,
    }: {id: string; bytes: number; older: FileHandle | null; signal: AbortSignal | undefined},
  ): Promise<void> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT)
    try {
      await file.truncate(bytes)
      /** Places of the chunks to ask for, by their hashes. */
      let wanted = new Map<string, {readonly hash: Buffer; readonly parts: number[]}>()
      for (const [part, hash] of hashes.entries()) {
        signal?.throwIfAborted()
        // From an earlier try.
        if (hashOfChunk(await readChunk(file, part)).equals(hash)) continue
        const own = older === null ? null : await readChunk(older, part)
        if (own !== null && hashOfChunk(own).equals(hash)) {
          await file.write(own, 0, own.length, part * chunkBytes)
          continue
        }
        const key = hash.toString('hex')
        const same = wanted.get(key)
        if (same === undefined) wanted.set(key, {hash, parts: [part]})
        else same.parts.push(part)
        if (wanted.size === chunksAtOnce) {
          await fetchChunks(file, wanted)
          wanted = new Map()
        }
      }
      if (wanted.size > 0) await fetchChunks(file, wanted)
      await file.sync()
    } finally {
      await file.close()
    }

    async function fetchChunks(
      to: FileHandle,
      chunks: ReadonlyMap<string, {readonly hash: Buffer; readonly parts: readonly number[]}>,
    ): Promise<void> {
      const hashes = [...chunks.values()].map(({hash}) => hash)
      const rows = await retried(
        () =>
          postgres.rows<{data: Buffer}>('SELECT data FROM docent.build_chunks WHERE hash = ANY($1)', [
            hashes,
          ]),
        signal,
      )
      if (rows.length < chunks.size) throw incomplete(id)
      // By what arrived, and not by what its row says that it is.
      const arrived = new Map(rows.map(({data}) => [hashOfChunk(data).toString('hex'), data]))
      for (const [key, {parts}] of chunks) {
        const data = arrived.get(key)
        if (data === undefined) throw damaged(id)
        for (const part of parts) await to.write(data, 0, data.length, part * chunkBytes)
      }
    }
  }
}

function incomplete(id: string): DocentError {
  return new DocentError(
    'storage',
    `the database has not all of build ${id}, or no longer; another one is taken as soon as it is current`,
  )
}

function damaged(id: string): DocentError {
  return new DocentError(
    'index_damaged',
    `the database has a damaged copy of build ${id}; ingest again or roll back`,
  )
}
