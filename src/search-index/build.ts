import type {QuotableBlock} from '../domain/index.ts'

/**
 * A build: everything retrieval needs, immutable, in one folder.
 *
 *   data/
 *     CURRENT                   the id of the build that is served, one line, replaced by rename
 *     builds/<id>/
 *       manifest.json           format, model, counts, checksums: written last
 *       index.sqlite            pages, sections, passages, vectors, words: the truth
 *       passages.hnsw           derived from the vectors, checksummed before native code reads it
 *
 * A build is immutable. The next one starts as a copy of it, in which the rows of changed pages are replaced:
 * numbers of pages, sections and passages are positive, never used twice, and may have gaps. Within a page they
 * grow in reading order, and the passages of a section are numbered without a gap. HNSW labels are passage numbers.
 */
export interface Manifest {
  /** Raised when the layout changes; a reader refuses what it does not know. The one before can still be searched. */
  readonly format: number
  readonly id: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly embedding: {
    readonly id: string
    readonly name: string
    readonly dimensions: number
    /** Tells, without loading the model, that it is still the same one; absent when that cannot be told. */
    readonly key?: string
  }
  /** Version of the code that cuts pages into passages and texts into terms; another one means reading every page anew. */
  readonly chunker: string
  readonly counts: {readonly pages: number; readonly sections: number; readonly passages: number}
  readonly hnsw: {readonly m: number; readonly efConstruction: number; readonly metric: 'ip'}
  /** Abstention thresholds fitted to this build, by the retriever's calibration; opaque here. */
  readonly calibration: unknown
  /** By file name. */
  readonly files: Readonly<Record<string, {readonly bytes: number; readonly sha256: string}>>
  /** What the ingest that made it did, for people; null when it was not made by one. */
  readonly summary?: BuildSummary | null
}

export interface BuildSummary {
  /** The content folder as it was given. */
  readonly content: string
  readonly pages: {
    readonly new: number
    readonly changed: number
    readonly removed: number
    readonly setAside: number
    /** Pages that could not be read and keep the text of the build before. */
    readonly stale: number
  }
  readonly warnings: number
  /** How the golden questions did; the floor for the next build. */
  readonly golden?: {readonly questions: number; readonly hitAt5: number} | null
  /** Passages added and removed since the abstention was last fitted. */
  readonly passagesSinceCalibration?: number
  readonly tookMs: number
}

export interface StoredPage {
  readonly id: number
  readonly path: string
  readonly url: string
  readonly title: string
  readonly description: string | null
  readonly version: string | null
  readonly lang: string | null
  readonly tags: readonly string[]
}

export interface StoredSection {
  readonly id: number
  readonly page: StoredPage
  readonly anchor: string
  readonly headings: readonly string[]
  readonly depth: number
  readonly startLine: number
  readonly endLine: number
  /** First passage number and how many there are. */
  readonly firstPassage: number
  readonly passageCount: number
}

export interface StoredPassage {
  readonly id: number
  readonly sectionId: number
  readonly text: string
  /** How many words the text has. */
  readonly words: number
  readonly startLine: number
  readonly endLine: number
  /** What can be quoted of it, in order. Read from the database when asked for. */
  readonly blocks: readonly QuotableBlock[]
}

export interface VectorHit {
  readonly passageId: number
  readonly sectionId: number
  /** Cosine, -1 to 1. */
  readonly similarity: number
}

export interface TextHit {
  readonly sectionId: number
  /** BM25, greater is better. */
  readonly score: number
}

/** Weights of the columns of the words index. */
export interface TextWeights {
  readonly title: number
  readonly headings: number
  readonly text: number
}

/** The pages of a build: what it takes to show them. */
export interface BuildPages {
  /** By path. */
  pages(): StoredPage[]
  pageById(id: number): StoredPage | null
  pageByUrl(url: string): StoredPage | null
  pageByPath(path: string): StoredPage | null
  /** The page as CommonMark with GFM; null when there is no such page. */
  markdownOf(pageId: number): string | null
  sectionsOf(pageId: number): StoredSection[]
  /** How many sections each page has, by its number; one without any is not there. */
  sectionCounts(): ReadonlyMap<number, number>
  close(): void
}

/** An open build. Searching is synchronous and takes well under a millisecond to a few. */
export interface IndexBuild extends BuildPages {
  readonly manifest: Manifest
  /** Where its files are. */
  readonly folder: string
  /** What is wrong though the build can be used, as a damaged HNSW file (search is exact then); null when nothing. */
  readonly degraded: string | null

  /** Nearest passages, best first. Fewer than `k` when there are fewer. Throws a TypeError on a vector of wrong length or with a value that is not finite. */
  nearest(vector: Float32Array, k: number): VectorHit[]

  /** The same, without HNSW: the oracle, and the way on when the HNSW file is damaged. */
  nearestExact(vector: Float32Array, k: number): VectorHit[]

  /** The stored unit vector of a passage, to be read only. */
  vectorOf(passageId: number): Float32Array

  /** Sections holding any of these terms (as `termsOf` of `text/` makes them), best first by BM25. No terms, no hits. */
  matching(terms: readonly string[], k: number, weights: TextWeights): TextHit[]

  /** In how many sections a term stands. */
  documentFrequency(term: string): number

  /** Up to `limit` terms that begin like this, with the number of sections each stands in, the most frequent first. */
  termsFrom(beginning: string, limit: number): {readonly term: string; readonly frequency: number}[]

  /** In the order asked for; unknown numbers are left out. */
  sections(ids: readonly number[]): StoredSection[]
  passagesOf(sectionId: number): StoredPassage[]
  versions(): string[]
}

/** The build in use. A lease keeps the one it got, whatever is published meanwhile; the last release closes it. */
export interface CurrentBuild {
  /** @throws DocentError `not_ready` when there is none. */
  lease(): BuildLease
  /** Id of the build that is served; null when there is none. */
  readonly id: string | null
}

export interface BuildLease {
  readonly build: IndexBuild
  /** Call exactly once. */
  release(): void
}
