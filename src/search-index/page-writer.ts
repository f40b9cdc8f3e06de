import type {Page, Section} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {analysisOf} from '../text/language-analysis.ts'
import {type Analysis, termsOf} from '../text/terms.ts'
import type {Manifest} from './build.ts'
import {embeddingHashOf, embeddingTextOf} from './embedding-text.ts'
import {checkVector} from './hnsw.ts'
import type {IndexedPage, SourceFile} from './indexed-page.ts'
import {PageRows, type PassageRange} from './page-rows.ts'
import {RowCounters} from './row-counters.ts'
import type {SectionTerms} from './word-index/section-terms.ts'

/** The indexes that a page is added to, besides its rows. */
export interface PageIndexes {
  readonly graph: {
    add(passageId: number, vector: Float32Array): void
    remove(passages: PassageRange): void
  }
  readonly words: {
    /** Returns the section's length in terms, at least 1. */
    add(sectionId: number, terms: SectionTerms): number
    /** `terms` are those it was added with. */
    remove(sectionId: number, terms: SectionTerms): void
  }
}

/** Adds files and their pages to a build that is being made, and removes them: rows, words and vectors together. */
export class PageWriter {
  readonly #db: SqliteDatabase
  readonly #dimensions: number
  readonly #rows: PageRows
  readonly #counters: RowCounters
  readonly #graph: PageIndexes['graph']
  readonly #words: PageIndexes['words']
  readonly #defaultLanguage: string | null

  /** @param defaultLanguage that of pages whose own is not known; null where it is not known either. */
  constructor(
    db: SqliteDatabase,
    dimensions: number,
    {graph, words}: PageIndexes,
    defaultLanguage: string | null,
  ) {
    this.#db = db
    this.#dimensions = dimensions
    this.#rows = new PageRows(db)
    this.#counters = new RowCounters(db)
    this.#graph = graph
    this.#words = words
    this.#defaultLanguage = defaultLanguage
  }

  vectorFor(embeddingHash: string): Float32Array | null {
    return this.#rows.vectorFor(embeddingHash)
  }

  /** Stores a file and its page, or the file alone when it has none. Replaces what was stored for this path. */
  put(file: SourceFile, indexed: IndexedPage | null): void {
    this.remove(file.path)
    const pageId = indexed ? this.#counters.next('page') : null
    this.#rows.insertFile(file, pageId)
    if (indexed && pageId !== null) this.#putPage(pageId, indexed)
  }

  /** Removes a file and its page. Unknown paths are ignored. */
  remove(path: string): void {
    const pageId = this.#rows.deleteFile(path)
    if (pageId === null) return
    for (const {id, passages, lang, title, headings, texts} of this.#rows.sectionsOf(pageId)) {
      const analysis = this.#analysisOf(lang)
      if (texts.length > 0)
        this.#words.remove(id, sectionTermsOf({title: termsOf(title, analysis), headings, texts, analysis}))
      this.#graph.remove(passages)
      this.#rows.deletePassages(passages)
    }
    this.#rows.deletePage(pageId)
  }

  #analysisOf(lang: string | null): Analysis {
    return analysisOf(lang ?? this.#defaultLanguage)
  }

  /** Stores the counters for the next build, and returns the numbers of rows. */
  finish(): Manifest['counts'] {
    this.#counters.save()
    return this.#db
      .prepare(
        `SELECT (SELECT count(*) FROM pages) AS pages, (SELECT count(*) FROM sections) AS sections,
                (SELECT count(*) FROM passages) AS passages`,
      )
      .get() as Manifest['counts']
  }

  #putPage(pageId: number, indexed: IndexedPage): void {
    const {page, vectors} = indexed
    const passageCount = page.sections.reduce((sum, section) => sum + section.passages.length, 0)
    if (vectors.length !== passageCount) {
      throw new TypeError(`${page.path} has ${passageCount} passages, got ${vectors.length} vectors`)
    }
    this.#rows.insertPage(pageId, indexed)
    const title = termsOf(page.title, this.#analysisOf(page.lang))
    let next = 0
    for (const section of page.sections) {
      const {length} = section.passages
      this.#putSection(pageId, page, section, {title, vectors: vectors.slice(next, next + length)})
      next += length
    }
  }

  #putSection(
    pageId: number,
    page: Page,
    section: Section,
    {title, vectors}: {readonly title: readonly string[]; readonly vectors: readonly Float32Array[]},
  ): void {
    const id = this.#counters.next('section')
    // A section that is only a heading is not in the word index.
    const texts = section.passages.map(({text}) => text)
    const terms = sectionTermsOf({
      title,
      headings: section.headings,
      texts,
      analysis: this.#analysisOf(page.lang),
    })
    const length = texts.length === 0 ? 0 : this.#words.add(id, terms)
    this.#rows.insertSection({id, pageId, section, firstPassage: this.#counters.peek('passage'), length})
    for (const [index, passage] of section.passages.entries()) {
      const vector = vectors[index]!
      checkVector(vector, this.#dimensions)
      const passageId = this.#counters.next('passage')
      const embeddingHash = embeddingHashOf(embeddingTextOf(page, section, passage))
      this.#rows.insertPassage({id: passageId, sectionId: id, passage, embeddingHash, vector})
      this.#graph.add(passageId, vector)
    }
  }
}

/**
 * The terms of a section, only from what is stored of it: so a section is removed with the terms it was added with, and
 * only their postings are edited. This requires the same `termsOf`, which the manifest's `chunker` and `languages` identify;
 * a build of another one is not edited. Searching all postings for the section would not require it, but would take time in
 * proportion to the index instead of the change.
 */
function sectionTermsOf({
  title,
  headings,
  texts,
  analysis,
}: {
  readonly title: readonly string[]
  readonly headings: readonly string[]
  readonly texts: readonly string[]
  readonly analysis: Analysis
}): SectionTerms {
  const termsIn = (text: string): string[] => termsOf(text, analysis)
  return {title, headings: headings.flatMap(termsIn), text: texts.flatMap(termsIn)}
}
