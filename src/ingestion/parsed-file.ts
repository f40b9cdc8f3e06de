import type {Page} from '../domain/index.ts'
import type {SourceFile} from '../search-index/index.ts'
import type {ParseResult} from './parse-task.ts'

/** A file of the folder with what a parser made of it. */
export interface ParsedFile {
  /**
   * - `read`: it was parsed; `page` is null if it is not for readers, such as a draft
   * - `failed`: it could not be read or parsed, and a diagnostic says why
   * - `stale`: it could not be read or parsed, and `page` is that of the previous build
   */
  readonly state: 'read' | 'failed' | 'stale'
  readonly source: SourceFile
  readonly page: Page | null
  readonly links: ParseResult['links']
  readonly anchors: ParseResult['anchors']
}
