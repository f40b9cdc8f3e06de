import {constants} from 'node:fs'
import {chmod, copyFile, mkdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {Section} from '../domain/index.ts'
import {openSqlite, type SqliteDatabase} from '../native/index.ts'
import {termsOf} from '../text/terms.ts'
import type {BuildSummary, Manifest} from './build.ts'
import {buildsFolder, newBuildId, stagingFolder} from './build-store.ts'
import {fingerprintOf, flush} from './durable-files.ts'
import {embeddingHashOf, embeddingTextOf} from './embedding-text.ts'
import {checkVector, createHnsw, type Hnsw, hnswOptionsFor, isZero, loadHnsw} from './hnsw.ts'
import type {IndexedPage, SourceFile} from './indexed-page.ts'
import {writeManifest} from './manifest.ts'
import {editPostings, packPosting, postingsToBlob, sectionOfPosting} from './postings.ts'
import {buildFormat, databaseFile, hnswFile, schema} from './schema.ts'
import {vectorFromBlob, vectorToBlob} from './vector-codec.ts'

/** A word in at least so many sections gets its postings stored as one blob. */
const commonFrom = 64

/** Rebuild the graph when more than this share of it is deleted: dead elements cost time and, slowly, recall. */
const maxDeadShare = 0.2

/** A graph this small is made anew in about a second, so that small builds are the same however they came about. */
const rebuildBelow = 2_000

export interface WriterOptions {
  readonly dataDir: string
  readonly embedding: Manifest['embedding']
  readonly cutter: string
  /** The build to edit, verified by the caller and made with the same embedder and cutter; null to start empty. */
  readonly base: BaseBuild | null
  /** A guess, for a new build: it decides how carefully the graph is built. Default 0. */
  readonly expectedPassages?: number
  /** Milliseconds since the epoch; default now. */
  readonly now?: number
}

export interface BaseBuild {
  readonly folder: string
  readonly manifest: Manifest
  /** False makes the HNSW file anew from the vectors. */
  readonly hnswIsSound: boolean
}

/** Makes one build in a staging folder. Nothing is visible to readers before `publishBuild`. */
export interface BuildWriter {
  readonly id: string
  readonly folder: string
  /** Stores a file and its page, or the file alone when it gave none. What was stored of this path is replaced. */
  put(file: SourceFile, page: IndexedPage | null): void
  /** Forgets a file. Unknown paths are ignored. */
  remove(path: string): void
  /** A vector that is already in it for this embedding text; null when there is none. */
  vectorFor(embeddingHash: string): Float32Array | null
  /**
   * Completes the files, flushes them and writes the manifest last, with a calibration of null. The folder can
   * then be opened and checked. Only once; after it neither `put` nor `remove`.
   */
  finish(options?: FinishOptions): Promise<Manifest>
  /** Removes the folder, at any time before it is published. */
  discard(): Promise<void>
}

export interface FinishOptions {
  readonly summary?: BuildSummary | null
  readonly signal?: AbortSignal
}

/** Starts a build: empty, or as a copy of another. */
export async function openBuildWriter(options: WriterOptions): Promise<BuildWriter> {
  const {dataDir, embedding, base} = options
  const id = newBuildId(options.now)
  const folder = stagingFolder(dataDir, id)
  await mkdir(buildsFolder(dataDir), {recursive: true})
  await mkdir(folder)
  const databasePath = join(folder, databaseFile)
  if (base) {
    await copyFile(join(base.folder, databaseFile), databasePath, constants.COPYFILE_FICLONE)
    // A copy has the rights of what it was made of, which may be those of an umask that has changed.
    await chmod(databasePath, 0o666 & ~process.umask())
  }

  const db = openSqlite(databasePath)
  // A crash leaves a staging folder that is thrown away, so neither a journal nor a flush is needed before the end.
  if (!base) db.pragma('page_size = 8192')
  db.pragma('journal_mode = OFF')
  db.pragma('synchronous = OFF')
  db.pragma('locking_mode = EXCLUSIVE')
  db.pragma('cache_size = -65536')
  if (!base) db.exec(schema)
  db.exec('BEGIN')

  const sql = prepareStatements(db)
  const counters = Object.fromEntries(
    (db.prepare('SELECT name, value FROM counters').all() as {name: string; value: number}[]).map((row) => [
      row.name,
      row.value,
    ]),
  ) as Record<'page' | 'section' | 'passage', number>

  let hnsw: Hnsw | null = null
  const hnswOptions = base?.manifest.hnsw ?? {
    ...hnswOptionsFor(options.expectedPassages ?? 0),
    metric: 'ip' as const,
  }
  if (!base) hnsw = createHnsw(embedding.dimensions, 1024, hnswOptions)
  else if (base.hnswIsSound && base.manifest.counts.passages >= rebuildBelow) {
    hnsw = await loadHnsw(join(base.folder, hnswFile), embedding.dimensions)
  }

  const removedSections = new Set<number>()
  /** Postings of the sections added, by word. */
  const added = new Map<string, number[]>()
  const firstAdded = counters.section
  let isOpen = true

  function remove(path: string): void {
    const row = sql.fileByPath.get(path) as {page_id: number | null} | undefined
    if (row === undefined) return
    sql.deleteFile.run(path)
    if (row.page_id === null) return
    for (const section of sql.sectionsOfPage.all(row.page_id) as SectionRow[]) {
      removedSections.add(section.id)
      if (section.length > 0) sql.deleteWords.run(section.id)
      const last = section.first_passage + section.passage_count - 1
      if (hnsw) {
        for (const {passage_id, vector} of sql.vectorsBetween.all(
          section.first_passage,
          last,
        ) as VectorRow[]) {
          if (!isZero(vectorFromBlob(vector))) hnsw.remove(passage_id)
        }
      }
      sql.deleteVectors.run(section.first_passage, last)
      sql.deletePassages.run(section.first_passage, last)
    }
    sql.deleteSections.run(row.page_id)
    sql.deletePage.run(row.page_id)
  }

  function put(file: SourceFile, indexed: IndexedPage | null): void {
    remove(file.path)
    const pageId = indexed ? counters.page++ : null
    sql.insertFile.run(
      file.path,
      file.hash,
      pageId,
      JSON.stringify(file.includes),
      JSON.stringify(file.diagnostics),
      JSON.stringify(file.fidelity),
    )
    if (indexed && pageId !== null) putPage(pageId, indexed)
  }

  function putPage(pageId: number, {page, links, anchors = [], vectors}: IndexedPage): void {
    const wanted = page.sections.reduce((sum, section) => sum + section.passages.length, 0)
    if (vectors.length !== wanted) {
      throw new TypeError(`${page.path} has ${wanted} passages, got ${vectors.length} vectors`)
    }
    sql.insertPage.run(
      pageId,
      page.path,
      page.url,
      page.title,
      page.description,
      page.version,
      page.lang,
      JSON.stringify(page.tags),
      JSON.stringify(links),
      JSON.stringify(anchors),
      page.markdown,
    )
    const titleTerms = termsOf(page.title)
    let next = 0
    for (const section of page.sections) {
      const sectionId = counters.section++
      const length = section.passages.length === 0 ? 0 : putWords(sectionId, titleTerms, section)
      sql.insertSection.run(
        sectionId,
        pageId,
        section.anchor,
        JSON.stringify(section.headings),
        section.depth,
        section.startLine,
        section.endLine,
        counters.passage,
        section.passages.length,
        length,
      )
      for (const passage of section.passages) {
        const vector = vectors[next++]!
        checkVector(vector, embedding.dimensions)
        const passageId = counters.passage++
        const hash = embeddingHashOf(embeddingTextOf(page, section, passage))
        sql.insertPassage.run(
          passageId,
          sectionId,
          hash,
          passage.startLine,
          passage.endLine,
          passage.text,
          passage.markdown,
        )
        sql.insertVector.run(passageId, vectorToBlob(vector))
        if (hnsw && !isZero(vector)) {
          // Doubling copies the graph, but seldom.
          if (hnsw.isFull) hnsw.reserve(Math.max(1024, hnsw.size))
          hnsw.add(passageId, vector)
        }
      }
    }
  }

  function putWords(sectionId: number, title: readonly string[], section: Section): number {
    const headings = section.headings.flatMap(termsOf)
    const text = termsOf(section.text)
    sql.insertWords.run(sectionId, title.join(' '), headings.join(' '), text.join(' '))
    const counts = new Map<string, [title: number, headings: number, text: number]>()
    for (const [column, terms] of [title, headings, text].entries()) {
      for (const term of terms) {
        let count = counts.get(term)
        if (count === undefined) {
          count = [0, 0, 0]
          counts.set(term, count)
        }
        count[column]!++
      }
    }
    for (const [term, count] of counts) {
      const posting = packPosting(sectionId, ...count)
      const postings = added.get(term)
      if (postings) postings.push(posting)
      else added.set(term, [posting])
    }
    return Math.max(1, title.length + headings.length + text.length)
  }

  /** A word that was rare in the base and is common now stays with FTS5 until a build starts empty. */
  function storeCommonWords(): void {
    // A path that was put twice has left postings of its first time.
    if ([...removedSections].some((section) => section >= firstAdded)) {
      for (const [word, postings] of added) {
        added.set(
          word,
          postings.filter((posting) => !removedSections.has(sectionOfPosting(posting))),
        )
      }
    }
    if (base) {
      const rows = db.prepare('SELECT word, postings FROM common_words').all() as {
        word: string
        postings: Buffer
      }[]
      for (const {word, postings} of rows) {
        const edited = editPostings(postings, removedSections, added.get(word) ?? [])
        if (edited) sql.replaceCommonWord.run(edited, word)
      }
      return
    }
    for (const [word, postings] of added) {
      if (postings.length >= commonFrom) sql.insertCommonWord.run(word, postingsToBlob(postings))
    }
  }

  async function finishHnsw(live: number, signal: AbortSignal | undefined): Promise<HnswUsed> {
    const path = join(folder, hnswFile)
    const dead = hnsw ? hnsw.size - live : 0
    let used: HnswUsed = hnswOptions
    // A new graph holds only what is live, unless a path was put twice.
    if (!hnsw || dead > maxDeadShare * hnsw.size) {
      used = {...hnswOptionsFor(live), metric: 'ip'}
      hnsw = createHnsw(embedding.dimensions, live, used)
      const rows = db
        .prepare(
          `SELECT v.passage_id, v.vector FROM pages
             JOIN sections s ON s.page_id = pages.id
             JOIN passages p ON p.id BETWEEN s.first_passage AND s.first_passage + s.passage_count - 1
             JOIN vectors v ON v.passage_id = p.id
           ORDER BY pages.path, s.id, p.id`,
        )
        .iterate() as IterableIterator<VectorRow>
      for (const {passage_id, vector} of rows) {
        signal?.throwIfAborted()
        const values = vectorFromBlob(vector)
        if (!isZero(values)) hnsw.add(passage_id, values)
      }
    }
    await hnsw.save(path)
    await flush(path)
    return used
  }

  return {
    id,
    folder,
    put,
    remove,
    vectorFor(embeddingHash) {
      const blob = sql.vectorByHash.get(embeddingHash) as Buffer | undefined
      return blob === undefined ? null : vectorFromBlob(blob)
    },

    async finish({summary = null, signal} = {}) {
      storeCommonWords()
      for (const [name, value] of Object.entries(counters)) sql.saveCounter.run(value, name)
      const counts = db
        .prepare(
          `SELECT (SELECT count(*) FROM pages) AS pages, (SELECT count(*) FROM sections) AS sections,
                  (SELECT count(*) FROM passages) AS passages`,
        )
        .get() as Manifest['counts']
      // Deleted rows stay in the words index as tombstones until its segments are merged.
      if (!base || removedSections.size > counts.sections * maxDeadShare) {
        db.exec(`INSERT INTO words (words) VALUES ('optimize')`)
      }
      const zeros = db
        .prepare('SELECT count(*) FROM vectors WHERE vector = zeroblob(?)')
        .pluck()
        .get(embedding.dimensions * 4) as number
      db.exec('COMMIT')
      const used = await finishHnsw(counts.passages - zeros, signal)
      db.close()
      isOpen = false
      await flush(databasePath)
      const manifest: Manifest = {
        format: buildFormat,
        id,
        createdAt: new Date(options.now ?? Date.now()).toISOString(),
        embedding,
        cutter: options.cutter,
        counts,
        hnsw: used,
        calibration: null,
        files: {
          [databaseFile]: await fingerprintOf(databasePath),
          [hnswFile]: await fingerprintOf(join(folder, hnswFile)),
        },
        summary,
      }
      await flush(folder)
      await writeManifest(folder, manifest)
      return manifest
    },

    async discard() {
      if (isOpen) db.close()
      isOpen = false
      await rm(folder, {recursive: true, force: true})
    },
  }
}

type HnswUsed = Manifest['hnsw']

interface SectionRow {
  readonly id: number
  readonly first_passage: number
  readonly passage_count: number
  readonly length: number
}

interface VectorRow {
  readonly passage_id: number
  readonly vector: Buffer
}

function prepareStatements(db: SqliteDatabase) {
  return {
    fileByPath: db.prepare('SELECT page_id FROM files WHERE path = ?'),
    sectionsOfPage: db.prepare(
      'SELECT id, first_passage, passage_count, length FROM sections WHERE page_id = ?',
    ),
    vectorsBetween: db.prepare('SELECT passage_id, vector FROM vectors WHERE passage_id BETWEEN ? AND ?'),
    vectorByHash: db
      .prepare(
        'SELECT v.vector FROM passages p JOIN vectors v ON v.passage_id = p.id WHERE p.embedding_hash = ? LIMIT 1',
      )
      .pluck(),
    deleteFile: db.prepare('DELETE FROM files WHERE path = ?'),
    deletePage: db.prepare('DELETE FROM pages WHERE id = ?'),
    deleteSections: db.prepare('DELETE FROM sections WHERE page_id = ?'),
    deletePassages: db.prepare('DELETE FROM passages WHERE id BETWEEN ? AND ?'),
    deleteVectors: db.prepare('DELETE FROM vectors WHERE passage_id BETWEEN ? AND ?'),
    deleteWords: db.prepare('DELETE FROM words WHERE rowid = ?'),
    insertFile: db.prepare('INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)'),
    insertPage: db.prepare('INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    insertSection: db.prepare('INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    insertPassage: db.prepare('INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)'),
    insertVector: db.prepare('INSERT INTO vectors VALUES (?, ?)'),
    insertWords: db.prepare('INSERT INTO words (rowid, title, headings, text) VALUES (?, ?, ?, ?)'),
    insertCommonWord: db.prepare('INSERT INTO common_words VALUES (?, ?)'),
    replaceCommonWord: db.prepare('UPDATE common_words SET postings = ? WHERE word = ?'),
    saveCounter: db.prepare('UPDATE counters SET value = ? WHERE name = ?'),
  }
}
