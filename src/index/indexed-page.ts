import type {Diagnostic, Page} from '../domain/index.ts'

/** A file of the content folder as a build remembers it. */
export interface SourceFile {
  readonly path: string
  /** SHA-256 of its bytes, and of whatever else decided what became of it. */
  readonly hash: string
  /** Files it took in, with their hashes; null for one that was not there. A change in one changes this file. */
  readonly includes: readonly {readonly path: string; readonly hash: string | null}[]
  /** Repeated by later ingests for as long as the file does not change. */
  readonly diagnostics: readonly Diagnostic[]
  /** How much of the visible text reached a passage. */
  readonly fidelity: Fidelity
}

export interface Fidelity {
  readonly words: number
  readonly kept: number
}

/** A page ready to be stored. */
export interface IndexedPage {
  readonly page: Page
  /** Where its links lead, as written, with their lines. */
  readonly links: readonly PageReference[]
  /** One vector a passage, in order through all sections. */
  readonly vectors: readonly Float32Array[]
}

export interface PageReference {
  readonly target: string
  readonly line: number
}
