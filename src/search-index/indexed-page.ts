import type {Diagnostic, Page, PageReference} from '../domain/index.ts'

/** A file of the content folder as a build remembers it. */
export interface SourceFile {
  readonly path: string
  /** SHA-256 of its bytes. */
  readonly hash: string
  /** Files it took in, with their hashes; null for one that was not there. A change in one changes this file. */
  readonly includes: readonly IncludedFile[]
  /** Repeated by later ingests for as long as the file does not change. */
  readonly diagnostics: readonly Diagnostic[]
  /** How much of its visible text reached a passage; null when it was not read. */
  readonly fidelity: StoredFidelity | null
}

export interface IncludedFile {
  readonly path: string
  readonly hash: string | null
}

/** The parser's fidelity report, as kept. */
export interface StoredFidelity {
  readonly visibleWords: number
  readonly keptWords: number
  /** Counts by construct, as the parser gave them; builds of older parsers have fewer. */
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
  /** Where its links lead. */
  readonly links: readonly PageReference[]
  /** Places that links can lead to besides its sections, as `<a id="x">`; default none. */
  readonly anchors?: readonly string[]
  /** One unit vector a passage, in order through all sections; zero where the text has no known word. */
  readonly vectors: readonly Float32Array[]
}
