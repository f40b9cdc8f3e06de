import type {QuotableBlock} from '../domain/index.ts'

/**
 * A build: everything retrieval needs, immutable, in one folder.
 *
 *   data/
 *     CURRENT                   the id of the current build, one line, replaced by rename
 *     builds/<id>/
 *       manifest.json           format, model, counts, checksums: written last
 *       index.sqlite            pages, sections, passages, vectors, words: the source of truth
 *       passages.hnsw           derived from the vectors, checksummed before native code reads it
 *       report.json             what the ingest that made it reported, for people; absent in older builds
 *
 * A build is immutable. The next one starts as a copy of it, in which the rows of changed pages are replaced: ids of
 * pages, sections and passages are positive, never reused, and may have gaps. Within a page they increase in reading
 * order, and those of a section's passages have no gaps. HNSW labels are passage ids.
 */
export interface Manifest {
  /** Raised when the layout changes; a reader rejects an unknown one. The previous one can still be searched. */
  readonly format: number
  readonly id: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly embedding: {
    readonly id: string
    readonly name: string
    readonly dimensions: number
    /** Identifies the model without loading it; absent where that is not possible. */
    readonly key?: string
  }
  /** Version of the code that splits pages into passages and texts into terms; another one means reading every page again. */
  readonly chunker: string
  /** Absent in builds of earlier versions: all their texts became terms as English does. */
  readonly languages?: BuildLanguages
  readonly counts: {readonly pages: number; readonly sections: number; readonly passages: number}
  readonly hnsw: GraphParameters
  /** Abstention thresholds fitted to this build, by the retriever's calibration; opaque here. */
  readonly calibration: unknown
  /** By file name. */
  readonly files: Readonly<Record<string, {readonly bytes: number; readonly sha256: string}>>
  /** What the ingest that made it did, for people; null when it was not made by an ingest. */
  readonly summary?: BuildSummary | null
}

/** How the texts of a build became terms. */
export interface BuildLanguages {
  /** The language of the site, BCP 47: that of pages whose own is not known. Null where it is not known either. */
  readonly default: string | null
  /** Version of the code that made the terms of each page by its language. */
  readonly analysis: string
}

export interface GraphParameters {
  readonly m: number
  readonly efConstruction: number
  readonly metric: 'ip'
  /** How many candidates a search by vectors keeps; absent where that was not measured. */
  readonly ef?: number
  /** How many a search by sketches compares; absent for another search. */
  readonly shortlist?: number
  readonly recall?: NeighbourRecall
}

/**
 * How the nearest passages are found without comparing all: by HNSW, which keeps the `ef` nearest of those that it
 * visits, or by sketches of all vectors, the `shortlist` most alike of which are compared.
 */
export type VectorSearchMode =
  | {readonly ef: number; readonly shortlist?: never}
  | {readonly shortlist: number; readonly ef?: never}

/**
 * Shares of the true nearest passages, by exact search, that a build's search finds: of the ten nearest among
 * 64 neighbours found, of the 64 nearest among as many, and of the 256 nearest, which a question about one version reads.
 */
export interface NeighbourRecall {
  readonly at10: number
  readonly at64: number
  readonly at256: number
}

/** A source of the docs, as it was ingested. */
export interface SourceSummary {
  /** What the paths of its pages begin with if there are several sources. */
  readonly name: string | null
  readonly place: string
  /** Null for a folder. */
  readonly commit: string | null
  /** The version that the project calls current; null if there is only one, or if pages without a version are current. */
  readonly currentVersion: string | null
  /** Version of the code that cut its pages into passages. */
  readonly chunker: string
  /** Identifies the order of pages that the project writes down; absent in older builds. */
  readonly navigation?: string
}

export interface BuildSummary {
  /** The content folder as configured. */
  readonly content: string
  /** The sources of the docs; absent in older builds. */
  readonly sources?: readonly SourceSummary[]
  readonly pages: {
    readonly new: number
    readonly changed: number
    readonly removed: number
    readonly setAside: number
    /** Pages that could not be read and keep the text of the previous build. */
    readonly stale: number
  }
  readonly warnings: number
  /** The result of the golden questions; the minimum for the next build. */
  readonly golden?: {readonly questions: number; readonly hitAt5: number} | null
  /** Passages added and removed since the last calibration. */
  readonly passagesSinceCalibration?: number
  /** Passages stored and removed since it was last measured as a whole what its search by vectors finds. */
  readonly passagesSinceTuning?: number
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

/** A page or a group of pages in the order of the project, which its sidebars, front matter and file names say. */
export interface OutlineEntry {
  /** 0 for the outermost; entries below a group follow it. */
  readonly depth: number
  /** As the navigation of the site calls it. */
  readonly title: string
  /** Null for a group without a page of its own. */
  readonly page: StoredPage | null
}

export interface StoredSection {
  readonly id: number
  readonly page: StoredPage
  readonly anchor: string
  readonly headings: readonly string[]
  readonly depth: number
  readonly startLine: number
  readonly endLine: number
  /** Id of the first passage, and the number of passages. */
  readonly firstPassage: number
  readonly passageCount: number
}

export interface StoredPassage {
  readonly id: number
  readonly sectionId: number
  readonly text: string
  /** Number of words in the text. */
  readonly words: number
  readonly startLine: number
  readonly endLine: number
  /** What can be quoted from it, in order. Decoded on access. */
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

/** Terms that stand for one word, as the endings of a beginning that is being typed. */
export type WordForms = readonly string[]

/** A section that contains some of the words that were searched for. */
export interface WordsHit extends TextHit {
  /** Whether it contains all of them. */
  readonly hasAll: boolean
  /** Whether its title and headings do. */
  readonly hasAllInHeadings: boolean
}

/** Weights of the columns of the word index. */
export interface TextWeights {
  readonly title: number
  readonly headings: number
  readonly text: number
}

export interface LanguageShare {
  /** BCP 47. */
  readonly lang: string
  readonly pages: number
}

/** Which pages of a build are searched. */
export interface BuildPart {
  /** Only pages in this language, as `languages` has it; null for all. */
  readonly lang: string | null
  /** Only pages of these versions, where null stands for pages of none; null for all. */
  readonly versions: readonly (string | null)[] | null
}

/** The pages of a build, for display. */
export interface BuildPages {
  /** By path. */
  pages(): StoredPage[]
  /** All pages in the order of the project; by path in older builds. */
  outline(): readonly OutlineEntry[]
  pageById(id: number): StoredPage | null
  /** As it is written; where no page has it, in another encoding or Unicode form. The same for paths. */
  pageByUrl(url: string): StoredPage | null
  pageByPath(path: string): StoredPage | null
  /** The page as CommonMark with GFM; null when there is no such page. */
  markdownOf(pageId: number): string | null
  sectionsOf(pageId: number): StoredSection[]
  /** Number of sections by page id, without pages that have none. */
  sectionCounts(): ReadonlyMap<number, number>
  close(): void
}

/** An open build. Searching is synchronous and takes well under a millisecond to a few. */
export interface IndexBuild extends BuildPages {
  readonly manifest: Manifest
  /** The folder of its files. */
  readonly folder: string
  /** A problem with which the build can still be used, as a damaged HNSW file (search is exact then); null for none. */
  readonly degraded: string | null

  /**
   * Nearest passages, best first. Fewer than `k` when there are fewer. `mode` is the build's own by default. Throws a TypeError on a vector of wrong length or with a value that is not finite.
   */
  nearest(vector: Float32Array, k: number, mode?: VectorSearchMode): VectorHit[]

  /** The same by comparing all: the reference in tests, and the fallback when the HNSW file is damaged. */
  nearestExact(vector: Float32Array, k: number): VectorHit[]

  /** The stored unit vector of a passage; read-only. */
  vectorOf(passageId: number): Float32Array

  /** Sections with any of these terms (as `termsOf` of `text/` returns them), best first by BM25. Empty without terms. */
  matching(terms: readonly string[], k: number, weights: TextWeights): TextHit[]

  /**
   * Sections with any of these words, best first. A word is a set of terms that mean the same, the most usual first;
   * rarer ones are left out where a set stands in very many sections, and so are the most usual words of many. A word
   * without terms is one that no section has. Empty without words.
   */
  matchingWords(words: readonly WordForms[], k: number, weights: TextWeights): WordsHit[]

  /** Number of sections that contain a term. */
  documentFrequency(term: string): number

  /**
   * Up to `limit` terms with this prefix, with the number of sections that contain each, the most frequent first. In a
   * part of a build, the terms and frequencies of the whole.
   */
  termsFrom(prefix: string, limit: number): {readonly term: string; readonly frequency: number}[]

  /** Ids of the sections that have passages, in reading order, page by page. */
  sectionsWithText(): Uint32Array

  /** The language whose analysis makes the terms of its texts, BCP 47; null for that of English. */
  readonly language: string | null
  /** The languages of its pages with their number, the one with most pages first. Empty where a build does not know. */
  languages(): readonly LanguageShare[]
  /**
   * The build as if it had only some of its pages: their sections, words, frequencies and neighbours. Not to be closed.
   * The build itself where it has no others. Kept, so that what is known of a part is known the next time.
   */
  part(pages: BuildPart): IndexBuild

  /** In the order of `ids`; unknown ids are left out. */
  sections(ids: readonly number[]): StoredSection[]
  passagesOf(sectionId: number): StoredPassage[]
  versions(): string[]

  /** Ids of the other pages that a section links to, each once. */
  pagesLinkedFrom(sectionId: number): readonly number[]

  /** Number of other pages that link to a page. */
  linkingPages(pageId: number): number
}

/** The build in use. A lease keeps its build open, whatever is published meanwhile; the last release closes it. */
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
