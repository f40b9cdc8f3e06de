import {DocentError, type SiteUrl} from '../../domain/index.ts'
import {addressesOf} from '../../retrieval/index.ts'
import type {BuildStore, PageDigest} from '../../search-index/index.ts'
import {pageTest} from '../../transcripts/index.ts'

export interface BuildsWithPage {
  /** Ids, newest first. */
  readonly ids: readonly string[]
  /** Ids of builds that cannot be read, so that nobody can tell whether they have it. */
  readonly unreadable: readonly string[]
  /** The addresses that answers may name it by. */
  readonly urls: readonly string[]
}

/**
 * Finds a page, by its path below the docs or by an address, in the builds that are kept besides the current one, and
 * removes these builds, and those that cannot be read.
 * @throws DocentError `conflict` if the current build has the page; `locked` while docs are being indexed.
 */
export async function removeBuildsWith(
  names: readonly string[],
  {
    builds,
    siteUrl,
    isDryRun,
  }: {readonly builds: BuildStore; readonly siteUrl: SiteUrl; readonly isDryRun: boolean},
): Promise<BuildsWithPage> {
  const isNamed = pageTest(names)
  const isPage = (digest: PageDigest) => isNamed(digest.path) || addressesOf(digest, siteUrl).some(isNamed)
  if (isDryRun) return find()
  const lock = await builds.lock()
  try {
    const found = await find()
    for (const id of [...found.ids, ...found.unreadable]) await builds.remove(id)
    return found
  } finally {
    await lock.release()
  }

  async function find(): Promise<BuildsWithPage> {
    const ids: string[] = []
    const unreadable: string[] = []
    const urls = new Set<string>()
    for (const {id, isCurrent} of await builds.list()) {
      const digests = await digestsOf(id)
      const same = digests?.filter(isPage) ?? []
      if (isCurrent && same.length > 0) {
        throw new DocentError(
          'conflict',
          `The current docs have ${same[0]!.path}. Remove the page from the docs and reindex, then withdraw it.`,
        )
      }
      if (isCurrent) continue
      if (digests === null) unreadable.push(id)
      else if (same.length > 0) ids.push(id)
      for (const digest of same) for (const url of addressesOf(digest, siteUrl)) urls.add(url)
    }
    return {ids, unreadable, urls: [...urls]}
  }

  /** Null for a build that cannot be read. */
  async function digestsOf(id: string): Promise<readonly PageDigest[] | null> {
    const base = await builds.openBase(id)
    if (base === null) return null
    try {
      return base.records.digests()
    } finally {
      base.records.close()
    }
  }
}
