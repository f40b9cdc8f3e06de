import {createHash} from 'node:crypto'
import {join} from 'node:path'
import type {SiteRules} from '../markdown/index.ts'
import {chunkerVersion} from '../markdown/index.ts'
import {
  type BaseBuild,
  type BuildStore,
  buildFormat,
  type FileRecord,
  type Manifest,
} from '../search-index/index.ts'
import {termsOf} from '../text/terms.ts'
import {tookInWithheld} from './last-good-page.ts'
import {readInside} from './read-inside.ts'
import {retriedRules} from './read-page.ts'
import {hashOf, isUnread, type Scan, type ScannedFile, type UnreadPlace} from './scan-folder.ts'
import {isFileTakenBack} from './taken-back.ts'

export interface Plan {
  /** New, changed, or to be tried again; by path. */
  readonly toParse: readonly ScannedFile[]
  /** Files of the build before that are no more, or that their authors took back. */
  readonly removed: readonly FileRecord[]
  /**
   * Files that the scan could not read and that the build before has a page of, under their path or, moved, by their
   * bytes: they keep its text.
   */
  readonly unread: readonly Pick<UnreadPlace, 'path' | 'hash'>[]
  /** Pages of the build before by the bytes of their files, where these are known. */
  readonly pagesByHash: ReadonlyMap<string, FileRecord>
  readonly unchanged: number
  /** Files of the build before, by path. */
  readonly before: ReadonlyMap<string, FileRecord>
  /** Files that could not be read before, for a reason that may have passed. */
  readonly retried: ReadonlySet<string>
}

/**
 * The build to start from: the current one or, where that is damaged, the newest sound one before it; null when there
 * is none.
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
  cutter: string,
  full: boolean,
): string | null {
  if (full) return 'it was asked for'
  if (!current) return 'there is no sound index to start from'
  const {manifest} = current
  if (manifest.format !== buildFormat) return 'the layout of the index is another'
  if (manifest.embedding.id !== embedding.id) return `the embedding model was ${manifest.embedding.name}`
  if (manifest.embedding.dimensions !== embedding.dimensions) return 'the vectors have another length'
  if (manifest.cutter !== cutter) return 'the site’s configuration, or how pages are read, has changed'
  return null
}

/** Everything besides a file that decides what becomes of it. */
export function cutterOf(site: SiteRules): string {
  const words = termsOf(
    'The QUICK node.js --dry-run kubectl_get running volumes PersistentVolumeClaim c++ don’t ÉTÉ',
  )
  const hash = createHash('sha256')
    .update(JSON.stringify([site, words]))
    .digest('hex')
  return `${chunkerVersion}-${site.generator}-${hash.slice(0, 12)}`
}

/** `before` is the build that is current; the next one starts from it, or is made anew. */
export function planOf(scan: Scan, before: BaseBuild | null, isMadeAnew: boolean): Plan {
  const files = new Map(before?.records.files().map((file) => [file.path, file]))
  const retried = new Set(
    isMadeAnew
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
      const bytes = readInside(scan, path)
      hash = bytes && hashOf(bytes)
      hashes.set(path, hash)
    }
    return hash
  }
  const toParse = scan.files.filter((file) => {
    const record = isMadeAnew ? undefined : files.get(file.path)
    return (
      !record ||
      record.hash !== file.hash ||
      retried.has(file.path) ||
      record.includes.some((include) => includedHash(include.path) !== include.hash)
    )
  })
  const present = new Set(scan.files.map((file) => file.path))
  const absent = [...files.values()].filter(({path}) => !present.has(path))
  const stillThere = absent.filter(
    (file) =>
      file.isPage &&
      isUnread(scan, file.path) &&
      !isFileTakenBack(join(scan.root, file.path), file.path) &&
      !tookInWithheld(file, scan),
  )
  const kept = new Set(stillThere)
  const pagesByHash = new Map(
    [...files.values()].filter(({isPage, hash}) => isPage && hash !== '').map((file) => [file.hash, file]),
  )
  return {
    toParse,
    removed: absent.filter((file) => !kept.has(file)),
    unread: unreadFiles(scan, stillThere, {pagesByHash, isMadeAnew}),
    pagesByHash,
    unchanged: scan.files.length - toParse.length,
    before: files,
    retried,
  }
}

function unreadFiles(
  {root, unread}: Scan,
  stillThere: readonly FileRecord[],
  {pagesByHash, isMadeAnew}: {readonly pagesByHash: Plan['pagesByHash']; readonly isMadeAnew: boolean},
): Plan['unread'] {
  const hashes = new Map(unread.map(({path, hash}) => [path, hash]))
  const hashOfBytes = ({path}: FileRecord): string => hashes.get(path) ?? ''
  const known = new Set(stillThere.map(({path}) => path))
  return [
    ...stillThere
      // Stored so already, it stays when the next build starts from this one.
      .filter((file) => isMadeAnew || hashOfBytes(file) !== file.hash)
      .map((file) => ({path: file.path, hash: hashOfBytes(file)})),
    // Moved here.
    ...unread.filter(
      ({path, hash}) => !known.has(path) && pagesByHash.has(hash) && !isFileTakenBack(join(root, path), path),
    ),
  ]
}
