import {existsSync, realpathSync, statSync} from 'node:fs'
import {readdir, rm} from 'node:fs/promises'
import {join, sep} from 'node:path'
import {type ContentSource, DocentError, type RepositorySource} from '../domain/index.ts'
import {makePrivateFolder} from '../native/index.ts'
import {type Checkout, checkoutPath, fetchCheckout, removeOthers} from './checkout.ts'
import {type GitAccess, GitFailure} from './git.ts'
import {failureText} from './git-failure-text.ts'
import {remoteCommit} from './remote.ts'
import {readRecord, writeRecord} from './source-record.ts'

/** Where the files of a source are on this machine. */
export interface LocatedSource {
  readonly source: ContentSource
  /** The folder of its pages, absolute for a repository; null when there is none yet. */
  readonly content: string | null
  /** The root of its checkout; null for a folder. */
  readonly root: string | null
  /** The commit of its files; null for a folder. */
  readonly commit: string | null
  /** Why it could not be brought up to date, for people; null when it is. */
  readonly problem: string | null
}

export interface LocateOptions {
  readonly dataDir: string
  /** How git is run for each source. */
  readonly access: (source: RepositorySource) => GitAccess
  readonly signal?: AbortSignal | undefined
}

/** Where a repository's checkouts are kept. */
export function sourceFolder(dataDir: string, source: RepositorySource): string {
  return join(dataDir, 'sources', source.name ?? 'content')
}

/**
 * Removes the checkouts of repositories that are none of these sources. What cannot be removed now is the next time.
 */
export async function removeGoneCheckouts(dataDir: string, sources: readonly ContentSource[]): Promise<void> {
  const kept = sources.flatMap((source) =>
    source.kind === 'repository' ? [sourceFolder(dataDir, source)] : [],
  )
  const home = join(dataDir, 'sources')
  for (const name of await readdir(home).catch(() => [])) {
    const folder = join(home, name)
    if (kept.includes(folder) || readRecord(folder) === null) continue
    await rm(folder, {recursive: true, force: true, maxRetries: 3}).catch(() => undefined)
  }
}

/**
 * Brings a source up to date and says where its files are. A repository whose newest commit is known is not fetched; one
 * that cannot be fetched keeps its last checkout. One process at a time for each data folder.
 * @throws DocentError `storage` for a data folder that cannot be made; the signal's reason when aborted. Whatever else
 * fails is the source's `problem`.
 */
export async function locateSource(source: ContentSource, options: LocateOptions): Promise<LocatedSource> {
  if (source.kind === 'folder')
    return {source, content: source.folder, root: null, commit: null, problem: null}
  const {dataDir, signal} = options
  const folder = sourceFolder(dataDir, source)
  // Not shared, because the repository may be private.
  makePrivateFolder(dataDir)
  makePrivateFolder(folder)
  const kept = keptCheckout(source, folder)
  try {
    return {source, ...(await newestPlace(source, folder, kept, options)), problem: null}
  } catch (error) {
    signal?.throwIfAborted()
    const problem = failureText(error, source, options.access(source))
    return {source, ...(placeOrNothing(kept, source) ?? nowhere), problem}
  }
}

type Place = Pick<LocatedSource, 'content' | 'root' | 'commit'>

const nowhere: Place = {content: null, root: null, commit: null}

/** The last checkout, if it is of the same repository and branch. */
function keptCheckout({url, branch}: RepositorySource, folder: string): Checkout | null {
  const record = readRecord(folder)
  if (record === null || record.url !== url || record.branch !== branch) return null
  const path = checkoutPath(folder, record.commit)
  return existsSync(path) ? {commit: record.commit, path} : null
}

async function newestPlace(
  source: RepositorySource,
  folder: string,
  kept: Checkout | null,
  {access, signal}: LocateOptions,
): Promise<Place> {
  const run = {...access(source), signal}
  const newest = await remoteCommit(source, run)
  if (kept?.commit === newest) return placeIn(kept, source)
  const path = checkoutPath(folder, newest)
  try {
    // A run that was killed, or a source whose folder is missing, may have left it without a record.
    const checkout = existsSync(path) ? {commit: newest, path} : await fetchCheckout(source, folder, run)
    const place = placeIn(checkout, source)
    const {url, branch} = source
    writeRecord(folder, {url, branch, commit: checkout.commit, fetchedAt: new Date().toISOString()})
    await removeOthers(folder, checkout.commit)
    return place
  } catch (error) {
    if (error instanceof GitFailure || signal?.aborted) throw error
    throw new DocentError('storage', `${folder} cannot be written: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** @throws GitFailure where the checkout has no such folder, or a link in its place that leads out of it. */
function placeIn({commit, path}: Checkout, {folder, branch}: RepositorySource): Place {
  const root = realpathSync.native(path)
  const content = realPathOf(join(root, folder))
  if (content !== null && (content === root || content.startsWith(root + sep))) return {commit, root, content}
  throw new GitFailure('failed', `${branch ?? 'its default branch'} has no folder ${folder}`)
}

function placeOrNothing(kept: Checkout | null, source: RepositorySource): Place | null {
  try {
    return kept && placeIn(kept, source)
  } catch {
    return null
  }
}

function realPathOf(path: string): string | null {
  try {
    const real = realpathSync.native(path)
    return statSync(real).isDirectory() ? real : null
  } catch {
    return null
  }
}
