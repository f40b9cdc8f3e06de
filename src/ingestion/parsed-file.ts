import type {Page} from '../domain/index.ts'
import type {SourceFile} from '../index/index.ts'
import type {ParseResult} from './parse-task.ts'
import type {ScannedFile} from './scan-folder.ts'

/** A file of the folder with what a parser made of it; `page` is null for one that was set aside. */
export interface ParsedFile {
  readonly scanned: ScannedFile
  readonly source: SourceFile
  readonly page: Page | null
  readonly links: ParseResult['links']
  readonly anchors: ParseResult['anchors']
}
