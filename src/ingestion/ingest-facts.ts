import {compareDiagnostics, type Diagnostic, type Page} from '../domain/index.ts'
import type {BuildRecords, PageRecord} from '../index/index.ts'
import type {IngestReport} from './ingest-report.ts'
import {brokenLinksIn, duplicateUrlsIn} from './links.ts'
import type {ParsedFile} from './page-stage.ts'
import type {ParseResult} from './parse-task.ts'
import {readInside} from './read-inside.ts'
import type {Scan} from './scan-folder.ts'

/** What can be read from the files of a build, whether it was made now or before. */
export interface Facts {
  readonly diagnostics: readonly Diagnostic[]
  readonly fidelity: IngestReport['fidelity']
  readonly setAside: number
}

export function factsOf(records: BuildRecords | null, scan: Scan, tried: readonly ParsedFile[] = []): Facts {
  const files = new Set(scan.files.map((file) => file.path))
  const again = new Set(tried.map((file) => file.source.path))
  const isKept = ({path}: {path: string}): boolean =>
    !again.has(path) && (tried.length === 0 || files.has(path))
  const pages = [
    ...(records?.pages().filter(isKept) ?? []),
    ...tried.flatMap(({page, links, anchors}) => (page ? [pageRecordOf(page, links, anchors)] : [])),
  ].sort((one, other) => (one.path < other.path ? -1 : 1))
  const diagnostics = [
    ...scan.diagnostics,
    ...(records?.diagnostics().filter(isKept) ?? []),
    ...tried.flatMap((file) => file.source.diagnostics),
    ...duplicateUrlsIn(pages),
    ...brokenLinksIn(pages, (path) => files.has(path) || readInside(scan.root, path) !== null),
  ].sort(compareDiagnostics)
  const fidelity = [
    ...(records?.fidelity().filter(isKept) ?? []),
    ...tried.flatMap(({source}) => (source.fidelity ? [{path: source.path, fidelity: source.fidelity}] : [])),
  ]
  const losing = fidelity
    .map(({path, fidelity: {visibleWords, keptWords}}) => ({path, visibleWords, keptWords}))
    .filter(({visibleWords, keptWords}) => keptWords < visibleWords)
    .sort((one, other) => other.visibleWords - other.keptWords - (one.visibleWords - one.keptWords))
  return {
    diagnostics,
    fidelity: {
      visibleWords: fidelity.reduce((sum, page) => sum + page.fidelity.visibleWords, 0),
      keptWords: fidelity.reduce((sum, page) => sum + page.fidelity.keptWords, 0),
      losing,
    },
    setAside: scan.diagnostics.length + (records || tried.length > 0 ? files.size - pages.length : 0),
  }
}

function pageRecordOf(page: Page, links: ParseResult['links'], written: ParseResult['anchors']): PageRecord {
  const anchors = new Set([...page.sections.map((section) => section.anchor), ...written])
  return {path: page.path, url: page.url, links, anchors}
}
