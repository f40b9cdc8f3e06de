import type {Page} from '../domain/index.ts'
import type {SourceFile} from '../search-index/index.ts'
import type {ParseResult} from './parse-task.ts'

/** A file of the folder with what a parser made of it. */
export interface ParsedFile {
  /**
   * - `read` it was; `page` is null when it is none, as a draft
   * - `failed` it could not be read, and a diagnostic says why
   * - `stale` it could not be read, and what stands here is its page in the build before
   */
  readonly state: 'read' | 'failed' | 'stale'
  readonly source: SourceFile
  readonly page: Page | null
  readonly links: ParseResult['links']
  readonly anchors: ParseResult['anchors']
}
