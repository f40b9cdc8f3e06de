import type {Diagnostic, Page, PageReference} from '../domain/index.ts'

/** A file of the content folder as a build records it. */
export interface SourceFile {
  readonly path: string
  /** SHA-256 of its bytes. */
  readonly hash: string
  /** Files it includes, with their hashes; null for a missing one. A change in one changes this file. */
  readonly includes: readonly IncludedFile[]
  /** Reported again by later ingests while the file does not change. */
  readonly diagnostics: readonly Diagnostic[]
  /** How much of its visible text reached a passage; null when it was not read. */
  readonly fidelity: StoredFidelity | null
}

export interface IncludedFile {
  readonly path: string
  readonly hash: string | null
}

/** The parser's fidelity report, as stored. */
export interface StoredFidelity {
  readonly visibleWords: number
  readonly keptWords: number
  /** The parser's counts by construct; builds of older parsers have fewer. */
  readonly constructs: Readonly<
    Record<
      string,
      Partial<
        Readonly<
          Record<
            'flattened' | 'dropped' | 'not-understood' | 'keptWords' | 'lostWords' | 'droppedWords',
            number
          >
        >
      >
    >
  >
  readonly notes: readonly {
    readonly construct: string
    readonly fate: string
    readonly line: number
    readonly detail?: string
  }[]
}

/** A page ready to be stored. */
export interface IndexedPage {
  readonly page: Page
  /** The targets of its links. */
  readonly links: readonly PageReference[]
  /** Anchors besides those of its sections, as of `<a id="x">`; default none. */
  readonly anchors?: readonly string[]
  /** One unit vector a passage, in order through all sections; zero where the text has no known word. */
  readonly vectors: readonly Float32Array[]
}
