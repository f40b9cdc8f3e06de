import {join} from 'node:path'
import {DocentError} from '../domain/index.ts'
import {openSqlite, type SqliteDatabase} from '../native/index.ts'
import type {IndexBuild, Manifest} from './build.ts'
import {pagesIn} from './build-pages.ts'
import {languageShares, partsOf} from './build-part.ts'
import type {OpenOptions} from './build-store.ts'
import {mismatchOf} from './file-mismatch.ts'
import {Format2Words} from './format-2/words.ts'
import {type LinkGraph, readLinkGraph} from './link-graph.ts'
import {readManifest} from './manifest.ts'
import {passagesBetween} from './passages-between.ts'
import {databaseFile, earlierFormat, hnswFile} from './schema.ts'
import {readSectionOrder, type SectionOrder} from './section-order.ts'
import {sectionReads} from './section-reads.ts'
import {readVectors, type StoredVectors} from './stored-vectors.ts'
import {openVectorSearch, type VectorSearch} from './vector-search.ts'
import {Bm25, lengthNormsOf} from './word-index/bm25.ts'
import {PostingsCache} from './word-index/postings-cache.ts'
import {WordIndex} from './word-index/word-index.ts'
import {WordsSearch} from './word-index/words-search.ts'

export interface OpenFolderOptions extends OpenOptions {
  /** Whether the caller has taken the checksums that are in the manifest from these files. Default false. */
  readonly isVerified?: boolean
}

/**
 * Opens a build after verifying sizes and checksums, before any native code reads it. Vectors and section lengths
 * are kept in memory (1 KB a passage at 256 dimensions, and the same again in the graph).
 *
 * With a damaged HNSW file the build searches exactly and says so in `degraded`.
 * @throws DocentError `index_damaged` for any other damage; the signal's reason when aborted.
 */
export async function openBuild(
  folder: string,
  {signal, isVerified = false}: OpenFolderOptions = {},
): Promise<IndexBuild> {
  const manifest = await readManifest(folder)
  const [mismatch, graphMismatch] = isVerified
    ? [null, null]
    : await Promise.all([databaseFile, hnswFile].map((file) => mismatchOf(folder, manifest, file)))
  if (mismatch) throw new DocentError('index_damaged', `${mismatch}; ingest again or roll back`)
  signal?.throwIfAborted()

  const db = openDatabase(join(folder, databaseFile))
  try {
    const vectors = await readVectors(db, manifest, signal)
    const sectionOrder = await readSectionOrder(db, signal)
    checkCounts(manifest, sectionOrder)
    const links = await readLinkGraph(db, signal)
    const vectorSearch = await openVectorSearch(folder, manifest, vectors, graphMismatch ?? null)
    signal?.throwIfAborted()
    return indexBuild({folder, db, manifest, vectors, sectionOrder, links, vectorSearch})
  } catch (error) {
    db.close()
    if (error instanceof DocentError || signal?.aborted) throw error
    throw new DocentError('index_damaged', `${folder} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** @throws Error when the sections, of the pages that there are, are not those of the manifest. */
function checkCounts(
  {counts}: Manifest,
  {ids, passages}: Awaited<ReturnType<typeof readSectionOrder>>,
): void {
  if (ids.length === counts.sections && passages === counts.passages) return
  throw new Error(
    `it has ${ids.length} sections and ${passages} passages, its manifest says ${counts.sections} and ${counts.passages}`,
  )
}

function openDatabase(path: string): SqliteDatabase {
  const db = openSqlite(path, {readonly: true, fileMustExist: true})
  // A build is never written. A shared lock is taken once, instead of by half a dozen system calls a statement.
  db.pragma('locking_mode = EXCLUSIVE')
  db.pragma('cache_size = -65536')
  // No memory mapping: with it a truncated file, or a failing disk, would end the process (SIGBUS) instead of a query.
  db.pragma('mmap_size = 0')
  db.pragma('temp_store = MEMORY')
  return db
}

interface BuildParts {
  readonly folder: string
  readonly db: SqliteDatabase
  readonly manifest: Manifest
  readonly vectors: StoredVectors
  readonly sectionOrder: SectionOrder
  readonly links: LinkGraph
  readonly vectorSearch: VectorSearch
}

function indexBuild(parts: BuildParts): IndexBuild {
  const {folder, db, manifest, vectors, sectionOrder, links, vectorSearch} = parts
  const {pages, sectionFrom} = pagesIn(db)
  const words = manifest.format === earlierFormat ? new Format2Words(db) : new WordIndex(db)
  const postings = new PostingsCache((term) => words.postings(term))
  const norms = lengthNormsOf(sectionOrder)
  const bm25 = new Bm25((term) => postings.get(term), sectionOrder, norms)
  const wordsSearch = new WordsSearch((term) => postings.get(term), sectionOrder, norms)
  const whole: IndexBuild = {
    ...pages,
    ...sectionReads(db, sectionFrom, passagesBetween(db, manifest)),
    ...links,
    sectionsWithText: () => sectionOrder.ids.filter((_, slot) => sectionOrder.lengths[slot]! > 0),
    manifest,
    folder,
    degraded: vectorSearch.degraded,
    nearest: vectorSearch.nearest,
    nearestExact: (vector, k) => vectors.nearest(vector, k),
    vectorOf(passageId) {
      const vector = vectors.of(passageId)
      if (vector === null) throw new RangeError(`build ${manifest.id} has no passage ${passageId}`)
      return vector
    },
    matching: (terms, k, weights) => bm25.matching(terms, k, weights),
    matchingWords: (forms, k, weights) => wordsSearch.matching(forms, k, weights),
    documentFrequency: (term) => words.frequencyOf(term),
    termsFrom: (prefix, limit) => words.termsFrom(prefix, limit),
    versions() {
      const versions = pages.pages().flatMap((page) => (page.version === null ? [] : [page.version]))
      return [...new Set(versions)].sort()
    },
    language: manifest.languages?.default ?? null,
    languages: () => languageShares(pages.pages(), manifest),
    part: (selected) => partOf(selected),
  }
  const partOf = partsOf({whole, sectionOrder, vectors, vectorSearch, postings: (term) => postings.get(term)})
  return whole
}
