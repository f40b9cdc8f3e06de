import {compareDiagnostics, type Diagnostic, type Page} from '../domain/index.ts'
import type {BuildRecords, PageRecord, StoredFidelity} from '../search-index/index.ts'
import {type PlaceRules, unreachableRule} from './content-home.ts'
import type {ConstructShare, IngestReport} from './ingest-report.ts'
import {staleRule} from './last-good-page.ts'
import {brokenLinksIn, duplicateUrlsIn} from './links.ts'
import type {ParseResult} from './parse-task.ts'
import type {ParsedFile} from './parsed-file.ts'
import {readContentFile} from './read-content-file.ts'
import {isUnreadable, type Scan} from './scan-folder.ts'

/** What the records of a build say about its files, whether they were written by this ingest or an earlier one. */
export interface ContentDetails {
  readonly diagnostics: readonly Diagnostic[]
  readonly fidelity: IngestReport['fidelity']
  /** Number of files without a page, and of folders that could not be read. */
  readonly setAside: number
  /** Those of them that could not be read. */
  readonly unread: number
  /** How many of the others there are for each reason; the most frequent first. */
  readonly setAsideBecause: IngestReport['setAsideBecause']
  readonly otherFormats: IngestReport['otherFormats']
  /** Number of pages that could not be read and keep the text of the previous build. */
  readonly stale: number
}

/** Used to estimate the words of a file that could not be read. */
const bytesPerWord = 7

export interface ContentToDescribe {
  readonly scan: Scan
  readonly rules: PlaceRules
  /** The files that a dry run parsed and did not store; null, the default, when the records have everything. */
  readonly read?: readonly ParsedFile[] | null
}

export function contentDetailsOf(
  records: BuildRecords | null,
  {scan, rules, read = null}: ContentToDescribe,
): ContentDetails {
  const dryRunFiles = read ?? []
  const files = new Set(scan.files.map((file) => file.path))
  const parsedAgain = new Set(dryRunFiles.map((file) => file.source.path))
  const isKept = ({path}: {path: string}): boolean =>
    !parsedAgain.has(path) && (read === null || files.has(path) || isUnreadable(scan, path))
  const pages = [
    ...(records?.pages().filter(isKept) ?? []),
    ...dryRunFiles.flatMap(({page, links, anchors}) => (page ? [pageRecordOf(page, links, anchors)] : [])),
  ].sort((one, other) => (one.path < other.path ? -1 : 1))
  const diagnostics = [
    ...scan.diagnostics,
    ...(records?.diagnostics().filter(isKept) ?? []),
    ...dryRunFiles.flatMap((file) => file.source.diagnostics),
    ...duplicateUrlsIn(pages),
    ...brokenLinksIn(pages, {
      rules,
      isFile: (path) => files.has(path) || readContentFile(scan, path) !== null,
    }),
  ].sort(compareDiagnostics)
  const counted = [
    ...(records?.fidelity().filter(isKept) ?? []),
    ...dryRunFiles.flatMap(({source}) =>
      source.fidelity ? [{path: source.path, fidelity: source.fidelity}] : [],
    ),
  ]
  const stalePaths = new Set(diagnostics.filter(({rule}) => rule === staleRule).map(({path}) => path))
  const fidelity = withUnreadableFiles(counted, scan)
  const indexed = new Set(pages.map(({path}) => path))
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
      constructs: constructSharesOf(fidelity),
    },
    setAside:
      scan.diagnostics.filter(({path, rule}) => !indexed.has(path) && rule !== unreachableRule).length +
      (records || read !== null ? [...files].filter((path) => !indexed.has(path)).length : 0),
    unread: new Set(
      diagnostics
        .filter(({path, severity}) => severity === 'error' && !indexed.has(path))
        .map(({path}) => path),
    ).size,
    setAsideBecause: reasonsOf(diagnostics.filter(({path}) => !indexed.has(path))),
    otherFormats: scan.otherFormats,
    stale: stalePaths.size,
  }
}

/** How many files without a page there are for each reason that is no error. */
function reasonsOf(diagnostics: readonly Diagnostic[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const {severity, reason} of diagnostics) {
    if (severity !== 'info' || !/^the page (?:is set aside: |has no text$)/.test(reason)) continue
    const why = reason.replace('the page is set aside: ', '')
    counts.set(why, (counts.get(why) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([, one], [, other]) => other - one))
}

interface PageFidelity {
  readonly path: string
  readonly fidelity: StoredFidelity
}

/** Counts the words of files that the scan could not read as lost, except for those kept from the previous build. */
function withUnreadableFiles(
  counted: readonly PageFidelity[],
  {unreadable}: Pick<Scan, 'unreadable'>,
): PageFidelity[] {
  const byPath = new Map(counted.map((page) => [page.path, page]))
  for (const {path, isFolder, bytes} of unreadable) {
    if (isFolder || bytes === 0) continue
    const visibleWords = Math.ceil(bytes / bytesPerWord)
    const {keptWords = 0, constructs = {}, notes = []} = byPath.get(path)?.fidelity ?? {}
    const fidelity = {visibleWords, keptWords: Math.min(keptWords, visibleWords), constructs, notes}
    byPath.set(path, {path, fidelity})
  }
  return [...byPath.values()]
}

function pageRecordOf(page: Page, links: ParseResult['links'], written: ParseResult['anchors']): PageRecord {
  const anchors = new Set([...page.sections.map((section) => section.anchor), ...written])
  return {path: page.path, url: page.url, links, anchors}
}

/** As the parser wrote them; an older version may have written fewer counts. */
type StoredConstructs = Readonly<Record<string, Readonly<Record<string, number>>>>

function constructSharesOf(pages: readonly PageFidelity[]): Record<string, ConstructShare> {
  const sums = new Map<string, {-readonly [K in keyof ConstructShare]: ConstructShare[K]}>()
  for (const {
    path,
    fidelity: {constructs},
  } of pages) {
    for (const [name, counts] of Object.entries(constructs as StoredConstructs)) {
      const sum = sums.get(name) ?? {
        flattened: 0,
        dropped: 0,
        notUnderstood: 0,
        most: null,
        keptWords: 0,
        lostWords: 0,
        droppedWords: 0,
      }
      sum.flattened += counts['flattened'] ?? 0
      sum.dropped += counts['dropped'] ?? 0
      const count = counts['not-understood'] ?? 0
      sum.notUnderstood += count
      if (count > (sum.most?.count ?? 0)) sum.most = {path, count}
      sum.keptWords += counts['keptWords'] ?? 0
      sum.lostWords += counts['lostWords'] ?? 0
      sum.droppedWords += counts['droppedWords'] ?? 0
      sums.set(name, sum)
    }
  }
  return Object.fromEntries([...sums].sort(([one], [other]) => (one < other ? -1 : 1)))
}
