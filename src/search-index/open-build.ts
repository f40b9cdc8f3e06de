import {join} from 'node:path'
import {setImmediate as breathe} from 'node:timers/promises'
import {DocentError} from '../domain/index.ts'
import {dotAt} from '../lib/vector-math.ts'
import {isNotInstalled, openSqlite, type SqliteDatabase} from '../native/index.ts'
import type {IndexBuild, Manifest, StoredPassage, TextHit, TextWeights, VectorHit} from './build.ts'
import {pagesIn} from './build-pages.ts'
import {fingerprintOf} from './durable-files.ts'
import {checkVector, type Hnsw, isZero, loadHnsw} from './hnsw.ts'
import {readManifest} from './manifest.ts'
import {postingsOf} from './postings.ts'
import {databaseFile, hnswFile} from './schema.ts'
import type {SectionRow} from './section-row.ts'
import {TopK} from './top-k.ts'

export interface OpenOptions {
  readonly signal?: AbortSignal
}

/** Robertson's BM25 with the constants everyone starts from, and that FTS5 has built in. */
const k1 = 1.2
const b = 0.75

/** More terms than any question needs; a pasted log file must not walk the whole index. */
const maxTerms = 64

/** Lists of common words are kept in memory, the short ones read anew each time. */
const leastKeptBytes = 4_096
const mostKeptBytes = 32 * 1024 * 1024

/** Rows read before the event loop gets its turn: a swap must not stall the answers that are streaming. */
const rowsPerTurn = 2_000

/**
 * Opens a build after verifying sizes and checksums, before any native code reads it. Vectors and section lengths
 * are held in memory (1 KB a passage at 256 dimensions, and the same again in the graph).
 *
 * A damaged HNSW file leaves a build that searches exactly and says so in `degraded`.
 * @throws DocentError `index_damaged` for anything else that is wrong; the signal's reason when aborted.
 */
export async function openBuild(folder: string, {signal}: OpenOptions = {}): Promise<IndexBuild> {
  const manifest = await readManifest(folder)
  const mismatch = await mismatchOf(folder, manifest, databaseFile)
  if (mismatch !== null) throw new DocentError('index_damaged', `${mismatch}; ingest again or roll back`)
  signal?.throwIfAborted()

  const db = openDatabase(join(folder, databaseFile))
  try {
    const vectors = await readVectors(db, manifest, signal)
    const sections = await readSections(db, signal)
    const {hnsw, degraded} = await openHnsw(folder, manifest, vectors)
    signal?.throwIfAborted()
    return indexBuild(folder, db, manifest, vectors, sections, hnsw, degraded)
  } catch (error) {
    db.close()
    if (error instanceof DocentError || signal?.aborted) throw error
    throw new DocentError('index_damaged', `${folder} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** What does not agree with the manifest, as a sentence; null when the file is as it was written. */
export async function mismatchOf(folder: string, manifest: Manifest, file: string): Promise<string | null> {
  const expected = manifest.files[file]
  if (!expected) return `the manifest of ${folder} does not know ${file}`
  try {
    const found = await fingerprintOf(join(folder, file))
    if (found.bytes !== expected.bytes)
      return `${join(folder, file)} has ${found.bytes} bytes, not ${expected.bytes}`
    return found.sha256 === expected.sha256
      ? null
      : `${join(folder, file)} is damaged: its checksum is another`
  } catch (error) {
    return `${join(folder, file)} cannot be read: ${(error as Error).message}`
  }
}

function openDatabase(path: string): SqliteDatabase {
  const db = openSqlite(path, {readonly: true, fileMustExist: true})
  // Nobody writes to a build. The lock is taken once, shared, instead of by half a dozen system calls a statement.
  db.pragma('locking_mode = EXCLUSIVE')
  db.pragma('cache_size = -65536')
  // Not mapped into memory: a file that somebody truncates, or a disk that fails, would then end the process (SIGBUS)
  // instead of a query.
  db.pragma('mmap_size = 0')
  db.pragma('temp_store = MEMORY')
  return db
}

/** Passages in the order of their numbers: `slot` is the place in that order. */
interface Vectors {
  readonly values: Float32Array
  readonly passageIds: Uint32Array
  readonly sectionIds: Uint32Array
  /** False for a zero vector, which is nobody's neighbour. */
  readonly hasDirection: Uint8Array
  slotOf(passageId: number): number | undefined
}

async function readVectors(db: SqliteDatabase, manifest: Manifest, signal?: AbortSignal): Promise<Vectors> {
  const count = manifest.counts.passages
  const {dimensions} = manifest.embedding
  const values = new Float32Array(count * dimensions)
  const bytes = new Uint8Array(values.buffer)
  const passageIds = new Uint32Array(count)
  const sectionIds = new Uint32Array(count)
  const hasDirection = new Uint8Array(count)
  const next = db
    .prepare(
      `SELECT p.id, p.section_id, v.vector FROM passages p JOIN vectors v ON v.passage_id = p.id
       WHERE p.id > ? ORDER BY p.id LIMIT ?`,
    )
    .raw()
  let slot = 0
  let last = 0
  for (;;) {
    signal?.throwIfAborted()
    const rows = next.all(last, rowsPerTurn) as [number, number, Buffer][]
    for (const [passageId, sectionId, vector] of rows) {
      if (slot === count || vector.byteLength !== dimensions * 4)
        throw new Error('vectors do not fit the manifest')
      passageIds[slot] = passageId
      sectionIds[slot] = sectionId
      bytes.set(vector, slot * dimensions * 4)
      hasDirection[slot] = isZero(values.subarray(slot * dimensions, (slot + 1) * dimensions)) ? 0 : 1
      last = passageId
      slot++
    }
    if (rows.length < rowsPerTurn) break
    await breathe()
  }
  if (slot !== count) throw new Error(`the manifest promises ${count} passages, the database has ${slot}`)
  const slots = slotsOf(passageIds)
  return {values, passageIds, sectionIds, hasDirection, slotOf: slots}
}

/** Number → place. Numbers have gaps, but not many: a plain array is smaller and faster than a Map. */
function slotsOf(ids: Uint32Array): (id: number) => number | undefined {
  const largest = ids.reduce((max, id) => Math.max(max, id), 0)
  const slots = new Int32Array(largest + 1).fill(-1)
  ids.forEach((id, slot) => {
    slots[id] = slot
  })
  return (id) => {
    const slot = slots[id]
    return slot === undefined || slot < 0 ? undefined : slot
  }
}

/** Sections in reading order: by path of the page, then as they stand in it. */
interface Sections {
  readonly ids: Uint32Array
  /** `k1 * (1 - b + b * length / average)`, the part of BM25 that a section's length decides. */
  readonly norms: Float32Array
  /** Sections in the words index. */
  readonly indexed: number
  slotOf(sectionId: number): number | undefined
}

async function readSections(db: SqliteDatabase, signal?: AbortSignal): Promise<Sections> {
  const ids: number[] = []
  const lengths: number[] = []
  const ofPage = db.prepare('SELECT id, length FROM sections WHERE page_id = ? ORDER BY id').raw()
  const pageIds = db.prepare('SELECT id FROM pages ORDER BY path').pluck().all() as number[]
  for (const [i, pageId] of pageIds.entries()) {
    if (i % 500 === 499) {
      await breathe()
      signal?.throwIfAborted()
    }
    for (const [id, length] of ofPage.all(pageId) as [number, number][]) {
      ids.push(id)
      lengths.push(length)
    }
  }
  const indexed = lengths.filter((length) => length > 0).length
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, indexed)
  const norms = Float32Array.from(lengths, (length) => k1 * (1 - b + (b * length) / (average || 1)))
  const order = Uint32Array.from(ids)
  return {ids: order, norms, indexed, slotOf: slotsOf(order)}
}

async function openHnsw(
  folder: string,
  manifest: Manifest,
  vectors: Vectors,
): Promise<{hnsw: Hnsw | null; degraded: string | null}> {
  const mismatch = await mismatchOf(folder, manifest, hnswFile)
  if (mismatch !== null)
    return {hnsw: null, degraded: `${mismatch}; search is exact and slower until the next ingest`}
  const {dimensions} = manifest.embedding
  try {
    const hnsw = await loadHnsw(join(folder, hnswFile), dimensions)
    // The file can be whole and still belong to other vectors: a passage must find itself.
    const probe = vectors.hasDirection.indexOf(1)
    if (probe >= 0) {
      const [best] = hnsw.search(vectors.values.slice(probe * dimensions, (probe + 1) * dimensions), 1)
      if (!best || Math.abs(best.similarity - 1) > 0.01) throw new Error('a passage does not find itself')
    }
    return {hnsw, degraded: null}
  } catch (error) {
    if (isNotInstalled(error)) throw error
    return {hnsw: null, degraded: `${hnswFile} cannot be used (${(error as Error).message}); search is exact`}
  }
}

function indexBuild(
  folder: string,
  db: SqliteDatabase,
  manifest: Manifest,
  vectors: Vectors,
  sectionOrder: Sections,
  hnsw: Hnsw | null,
  degraded: string | null,
): IndexBuild {
  const {dimensions} = manifest.embedding
  const sql = prepareStatements(db)
  const {pages, sectionFrom} = pagesIn(db)

  function nearestExact(vector: Float32Array, k: number): VectorHit[] {
    checkVector(vector, dimensions)
    const {values, passageIds, sectionIds, hasDirection} = vectors
    const top = new TopK(k)
    for (let slot = 0; slot < passageIds.length; slot++) {
      if (hasDirection[slot] === 0) continue
      top.offer(slot, dotAt(vector, values, slot * dimensions))
    }
    return top.best().map(({slot, score}) => ({
      passageId: passageIds[slot]!,
      sectionId: sectionIds[slot]!,
      similarity: score,
    }))
  }

  const commonPostings = new Map<string, Uint32Array>()
  let keptBytes = 0

  /** Pairs of counts and section numbers; empty for a word that is not there. */
  function postings(term: string): Uint32Array {
    const blob = sql.commonWord.get(term) as Buffer | undefined
    if (blob !== undefined) return postingsOf(blob)
    const pairs: number[] = []
    for (const [section, column] of sql.places.iterate(term) as IterableIterator<[number, string]>) {
      if (pairs.at(-1) !== section) pairs.push(0, section)
      const at = pairs.length - 2
      pairs[at] = pairs[at]! + (column === 'title' ? 0x1000000 : column === 'headings' ? 0x10000 : 1)
    }
    return Uint32Array.from(pairs)
  }

  const scores = new Float64Array(sectionOrder.ids.length)

  function postingsKept(term: string): Uint32Array {
    const kept = commonPostings.get(term)
    if (kept !== undefined) return kept
    const pairs = postings(term)
    if (pairs.byteLength < leastKeptBytes) return pairs
    keptBytes += pairs.byteLength
    if (keptBytes > mostKeptBytes) {
      commonPostings.clear()
      keptBytes = pairs.byteLength
    }
    commonPostings.set(term, pairs)
    return pairs
  }

  /**
   * Term by term, the rarest first. Once the k-th best has more than all terms to come can give, sections not met
   * yet cannot come in any more, and long lists of common words only add to those met (Turtle and Flood's MaxScore).
   */
  function matching(terms: readonly string[], k: number, weights: TextWeights): TextHit[] {
    const heaviest = Math.max(weights.title, weights.headings, weights.text)
    if (k < 1 || heaviest <= 0) return []
    const lists = [...new Set(terms)]
      .filter(Boolean)
      .slice(0, maxTerms)
      .map((term) => {
        const pairs = postingsKept(term)
        const frequency = pairs.length / 2
        return {pairs, idf: Math.log(1 + (sectionOrder.indexed - frequency + 0.5) / (frequency + 0.5))}
      })
      .sort((one, other) => one.pairs.length - other.pairs.length)
    let toCome = lists.reduce((sum, {idf}) => sum + Math.max(0, idf) * (k1 + 1), 0)
    const touched: number[] = []
    let isClosed = false
    for (const {pairs, idf} of lists) {
      // Finding the k-th best costs about as much as the walk it may shorten.
      if (!isClosed && touched.length >= k && pairs.length > touched.length) {
        isClosed = leastOfBest(touched, k) > toCome
      }
      toCome -= Math.max(0, idf) * (k1 + 1)
      for (let i = 0; i < pairs.length; i += 2) {
        const slot = sectionOrder.slotOf(pairs[i + 1]!)
        if (slot === undefined) continue
        const isNew = scores[slot] === 0
        if (isNew && isClosed) continue
        const counts = pairs[i]!
        const count =
          weights.title * (counts >>> 24) +
          weights.headings * ((counts >>> 16) & 255) +
          weights.text * (counts & 65_535)
        if (count <= 0) continue
        if (isNew) touched.push(slot)
        scores[slot]! += (idf * count * (k1 + 1)) / (count + sectionOrder.norms[slot]!)
      }
    }
    const top = new TopK(k)
    for (const slot of touched) {
      top.offer(slot, scores[slot]!)
      scores[slot] = 0
    }
    return top.best().map(({slot, score}) => ({sectionId: sectionOrder.ids[slot]!, score}))
  }

  function leastOfBest(touched: readonly number[], k: number): number {
    const top = new TopK(k)
    for (const slot of touched) top.offer(slot, scores[slot]!)
    return top.best().at(-1)?.score ?? 0
  }

  return {
    ...pages,
    manifest,
    folder,
    degraded,

    nearest(vector, k) {
      if (!hnsw) return nearestExact(vector, k)
      const hits: VectorHit[] = []
      for (const {label, similarity} of hnsw.search(vector, k)) {
        const slot = vectors.slotOf(label)
        if (slot !== undefined)
          hits.push({passageId: label, sectionId: vectors.sectionIds[slot]!, similarity})
      }
      return hits.sort((one, other) => other.similarity - one.similarity || one.passageId - other.passageId)
    },
    nearestExact,
    vectorOf(passageId) {
      const slot = vectors.slotOf(passageId)
      if (slot === undefined) throw new RangeError(`build ${manifest.id} has no passage ${passageId}`)
      return vectors.values.subarray(slot * dimensions, (slot + 1) * dimensions)
    },

    matching,
    documentFrequency(term) {
      const bytes = sql.commonWordBytes.get(term) as number | undefined
      if (bytes !== undefined) return bytes / 8
      return (sql.wordRow.get(term) as number | undefined) ?? 0
    },

    termsFrom(beginning) {
      if (!/^[a-z0-9]+$/.test(beginning)) return []
      // Above every letter and digit.
      const end = `${beginning}\uffff`
      return [...sql.wordRowsFrom.all(beginning, end), ...sql.commonWordsFrom.all(beginning, end)].filter(
        (found): found is {term: string; frequency: number} =>
          /^[a-z0-9]+$/.test((found as {term: string}).term),
      )
    },

    sections(ids) {
      return ids.flatMap((id) => {
        const row = sql.section.get(id) as SectionRow | undefined
        return row ? [sectionFrom(row)] : []
      })
    },
    passagesOf(sectionId) {
      const section = sql.section.get(sectionId) as SectionRow | undefined
      if (!section || section.passage_count === 0) return []
      const last = section.first_passage + section.passage_count - 1
      return sql.passages.all(section.first_passage, last) as StoredPassage[]
    },

    versions() {
      const versions = pages.pages().flatMap((page) => (page.version === null ? [] : [page.version]))
      return [...new Set(versions)].sort()
    },
  }
}

function prepareStatements(db: SqliteDatabase) {
  const passage = 'id, section_id AS sectionId, markdown, text, start_line AS startLine, end_line AS endLine'
  return {
    section: db.prepare('SELECT * FROM sections WHERE id = ?'),
    passages: db.prepare(`SELECT ${passage} FROM passages WHERE id BETWEEN ? AND ? ORDER BY id`),
    commonWord: db.prepare('SELECT postings FROM common_words WHERE word = ?').pluck(),
    commonWordBytes: db.prepare('SELECT length(postings) FROM common_words WHERE word = ?').pluck(),
    wordRowsFrom: db.prepare('SELECT term, doc AS frequency FROM word_rows WHERE term BETWEEN ? AND ?'),
    commonWordsFrom: db.prepare(
      'SELECT word AS term, length(postings) / 8 AS frequency FROM common_words WHERE word BETWEEN ? AND ?',
    ),
    wordRow: db.prepare('SELECT doc FROM word_rows WHERE term = ?').pluck(),
    places: db.prepare('SELECT doc, col FROM word_places WHERE term = ?').raw(),
  }
}
