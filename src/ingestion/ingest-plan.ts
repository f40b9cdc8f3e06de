import {createHash} from 'node:crypto'
import {posix} from 'node:path'
import type {Site} from '../generators/index.ts'
import {chunkerVersion} from '../markdown/index.ts'
import {isCurrentCalibration} from '../retrieval/index.ts'
import {
  type BaseBuild,
  type BuildStore,
  buildFormat,
  type FileRecord,
  type Manifest,
} from '../search-index/index.ts'
import {analysisVersion} from '../text/language-analysis.ts'
import {termsOf} from '../text/terms.ts'
import {absolutePathOf, type PlaceRules} from './content-home.ts'
import {includedWithheldFile} from './last-good-page.ts'
import {readContentFile} from './read-content-file.ts'
import {retriedRules} from './read-page.ts'
import {hashOf, isUnreadable, type Scan, type ScannedFile, type UnreadablePath} from './scan-folder.ts'
import type {SourceContent} from './source-content.ts'
import {isFileWithdrawn} from './withdrawn.ts'

export interface IngestPlan {
  /** Files that are new, changed, or to be tried again; sorted by path. */
  readonly toParse: readonly ScannedFile[]
  /** Files of the previous build that no longer exist, or that their authors withdrew. */
  readonly removed: readonly FileRecord[]
  /**
   * Files that the scan could not read but that have a page in the previous build, with the same path or, if moved, with
   * the same bytes. They keep the text of that page.
   */
  readonly unreadable: readonly Pick<UnreadablePath, 'path' | 'hash'>[]
  /** Pages of the previous build by the hash of their files, where it is known. */
  readonly pagesByHash: ReadonlyMap<string, FileRecord>
  readonly unchanged: number
  /** Files of the previous build, by path. */
  readonly previousFiles: ReadonlyMap<string, FileRecord>
  /** Files that failed in the previous ingest for a reason that may be gone. */
  readonly retried: ReadonlySet<string>
}

/**
 * The build to start from: the current one or, if that is damaged, the newest intact one before it; null if there is
 * none.
 */
export async function openNewestBase(
  builds: Pick<BuildStore, 'list' | 'openBase'>,
  currentId: string | null,
): Promise<BaseBuild | null> {
  if (currentId === null) return null
  const current = await builds.openBase(currentId)
  if (current !== null) return current
  for (const {id} of await builds.list()) {
    const base = id < currentId ? await builds.openBase(id) : null
    if (base !== null) return base
  }
  return null
}

export function reasonForFull(
  current: BaseBuild | null,
  embedding: Manifest['embedding'],
  chunker: string,
  full: boolean,
): string | null {
  if (full) return 'a full ingest was requested'
  if (!current) return 'there is no intact index to start from'
  const {manifest} = current
  if (manifest.format !== buildFormat) return 'the index has an earlier format'
  if (manifest.embedding.id !== embedding.id) return `the embedding model was ${manifest.embedding.name}`
  if (manifest.embedding.dimensions !== embedding.dimensions) return 'the vectors have a different length'
  if (manifest.languages?.analysis !== analysisVersion) return 'texts become words in another way'
  if (manifest.chunker !== chunker) return 'the site’s configuration, or how pages are read, has changed'
  return null
}

/** Why the build that the next one starts from is not left as it is even where no page changed; null where it is. */
export function reasonToRenew(
  {isHnswValid, manifest}: BaseBuild,
  currentId: string | null,
  sources: SourceContent['sources'],
): string | null {
  if (!isHnswValid || manifest.id !== currentId) return 'the current index is damaged'
  if (isOfEarlierVersion(manifest)) return 'an earlier version calibrated its refusal'
  const before = new Map(manifest.summary?.sources?.map(({name, navigation}) => [name, navigation]))
  // Nothing is known of the navigation of a source that is missing.
  return sources.some(({name, problem, navigation}) => problem === null && before.get(name) !== navigation)
    ? 'the site orders its pages in another way'
    : null
}

/** Whether the version that made a build calibrates and ranks otherwise than this one. */
export function isOfEarlierVersion({calibration}: Manifest): boolean {
  return Boolean(calibration) && !isCurrentCalibration(calibration)
}

/**
 * Everything besides a file that decides what becomes of it. The terms of some words are part of it: a build is edited
 * only where its sections give the terms they were stored with.
 */
export function chunkerOf(site: Site): string {
  const words = termsOf(
    'The QUICK node.js --dry-run kubectl_get running volumes PersistentVolumeClaim c++ don’t ÉTÉ',
  )
  const hash = createHash('sha256')
    .update(JSON.stringify([fromContent(site), words]))
    .digest('hex')
  return `${chunkerVersion}-${site.generator}-${hash.slice(0, 12)}`
}

/** The site as seen from the content folder: where in a project the same folder lies decides nothing about its pages. */
function fromContent({contentPath, foundIn: _, ...site}: Site): object {
  const relative = (path: string): string => posix.relative(`/${contentPath}`, `/${path}`)
  const keys = (folders: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(folders).map(([path, value]) => [relative(path), value]))
  return {
    ...site,
    folder: relative(site.folder),
    roots: site.roots.map(({path, base}) => ({path: relative(path), base})),
    languages: {...site.languages, folders: keys(site.languages.folders)},
    versions: {...site.versions, folders: keys(site.versions.folders)},
  }
}

/** Compares the scan with the current build. `isFullRebuild` when the next build does not start from it. */
export function planIngest(
  scan: Scan,
  before: BaseBuild | null,
  rules: PlaceRules,
  isFullRebuild: boolean,
): IngestPlan {
  const files = new Map(before?.records.files().map((file) => [file.path, file]))
  const retried = new Set(
    isFullRebuild
      ? []
      : before?.records
          .diagnostics()
          .filter((diagnostic) => retriedRules.has(diagnostic.rule))
          .map((diagnostic) => diagnostic.path),
  )
  const hashes = new Map<string, string | null>()
  const includedHash = (path: string): string | null => {
    let hash = hashes.get(path)
    if (hash === undefined) {
      const bytes = readContentFile(scan, path)
      hash = bytes && hashOf(bytes)
      hashes.set(path, hash)
    }
    return hash
  }
  const toParse = scan.files.filter((file) => {
    const record = isFullRebuild ? undefined : files.get(file.path)
    return (
      !record ||
      record.hash !== file.hash ||
      retried.has(file.path) ||
      record.includes.some((include) => includedHash(include.path) !== include.hash)
    )
  })
  const present = new Set(scan.files.map((file) => file.path))
  const missing = [...files.values()].filter(({path}) => !present.has(path))
  const missingButUnreadable = missing.filter(
    (file) =>
      file.isPage &&
      isUnreadable(scan, file.path) &&
      !isFileWithdrawn(absolutePathOf(scan, file.path), file.path, rules) &&
      !includedWithheldFile(file, scan),
  )
  const kept = new Set(missingButUnreadable)
  const pagesByHash = new Map(
    [...files.values()].filter(({isPage, hash}) => isPage && hash !== '').map((file) => [file.hash, file]),
  )
  return {
    toParse,
    removed: missing.filter((file) => !kept.has(file)),
    unreadable: unreadableFiles(scan, missingButUnreadable, {pagesByHash, rules, isFullRebuild}),
    pagesByHash,
    unchanged: scan.files.length - toParse.length,
    previousFiles: files,
    retried,
  }
}

function unreadableFiles(
  scan: Scan,
  stillThere: readonly FileRecord[],
  {
    pagesByHash,
    rules,
    isFullRebuild,
  }: {
    readonly pagesByHash: IngestPlan['pagesByHash']
    readonly rules: PlaceRules
    readonly isFullRebuild: boolean
  },
): IngestPlan['unreadable'] {
  const {unreadable} = scan
  const hashes = new Map(unreadable.map(({path, hash}) => [path, hash]))
  const hashOfBytes = ({path}: FileRecord): string => hashes.get(path) ?? ''
  const known = new Set(stillThere.map(({path}) => path))
  return [
    ...stillThere
      // A record with the same hash stays when the next build starts from this one.
      .filter((file) => isFullRebuild || hashOfBytes(file) !== file.hash)
      .map((file) => ({path: file.path, hash: hashOfBytes(file)})),
    // Moved from another path.
    ...unreadable.filter(
      ({path, hash}) =>
        !known.has(path) &&
        pagesByHash.has(hash) &&
        !isFileWithdrawn(absolutePathOf(scan, path), path, rules),
    ),
  ]
}
