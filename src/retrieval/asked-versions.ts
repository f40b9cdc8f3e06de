import {bareVersion, compareVersions, isNumberedVersion} from '../lib/versions.ts'
import type {IndexBuild, StoredPage} from '../search-index/index.ts'

/**
 * The versions whose pages may answer, null standing for pages of none: the one that was asked for, or that the question
 * names; otherwise that of the page that the visitor is on; otherwise the current one. Null for all, where the docs have no versions. Each source of the docs has versions of
 * its own: one that does not have the version in the question is searched as it is now.
 */
export function versionsToSearch(
  build: IndexBuild,
  question: string,
  version: string | null,
  visitorVersion: string | null = null,
): readonly (string | null)[] | null {
  if (version !== null) return [version]
  const versions = build.versions()
  if (versions.length === 0) return null
  const named = versionNamedIn(question, versions) ?? visitorVersion
  return [...new Set(pagesBySource(build).flatMap((source) => versionsIn(source, named)))]
}

interface SourcePages {
  readonly folder: string
  readonly pages: readonly StoredPage[]
  /** The version that the project calls current; null if it does not say. */
  readonly current: string | null
}

function pagesBySource(build: IndexBuild): readonly SourcePages[] {
  const sources = build.manifest.summary?.sources ?? []
  const pages = build.pages()
  if (sources.length <= 1) return [{folder: '', pages, current: sources[0]?.currentVersion ?? null}]
  return sources.map(({name, currentVersion}) => ({
    folder: `${name}/`,
    pages: pages.filter(({path}) => path.startsWith(`${name}/`)),
    current: currentVersion,
  }))
}

function versionsIn({pages, current}: SourcePages, named: string | null): readonly (string | null)[] {
  const versions = [...new Set(pages.flatMap((page) => page.version ?? []))]
  if (named !== null && versions.includes(named)) return [named]
  return versions.length === 0 ? [null] : currentVersions(pages, versions, current)
}

/** The pages of one source, with the versions of them that are current; null stands for pages of none. */
export interface CurrentPages {
  /** What their paths begin with: the name of the source and a slash; empty where there is one source. */
  readonly folder: string
  readonly pages: readonly StoredPage[]
  readonly versions: readonly (string | null)[]
}

/** The sources of a build, with what of each a question that names no version is answered from. */
export function currentPagesOf(build: IndexBuild): readonly CurrentPages[] {
  return pagesBySource(build).map((source) => ({
    folder: source.folder,
    pages: source.pages,
    versions: versionsIn(source, null),
  }))
}

/** Unversioned pages that are at least this share of those of a version are docs of their own beside it. */
const leastShare = 0.5

/**
 * The version that the project calls current; without one the pages of none, where they are the docs as they are now,
 * beside copies of earlier ones; otherwise those of the newest version. The few pages of none go with either.
 */
function currentVersions(
  pages: readonly StoredPage[],
  versions: readonly string[],
  said: string | null,
): readonly (string | null)[] {
  const isSaid = said !== null && versions.includes(said)
  const current = isSaid ? said : versions.toSorted(compareVersions).at(-1)!
  let unversioned = 0
  let ofCurrent = 0
  for (const {version} of pages) {
    if (version === null) unversioned++
    else if (version === current) ofCurrent++
  }
  if (unversioned < leastShare * Math.max(1, ofCurrent)) return [current, null]
  return isSaid ? [current] : [null]
}

/** What looks like a version in a question: `v4`, `4.x`, `5x`, `3.2`, `version 4`, `2024-11-05`. A number alone is none. */
const versionPattern =
  /(?<![\p{L}\p{N}.-])(?:version\s+v?\d+(?:\.(?:\d+|x))*|v\d+(?:\.(?:\d+|x))*|\d+(?:\.\d+)*\.?x|\d{4}-\d\d(?:-\d\d)?|\d+(?:\.\d+)+)(?![\p{L}\p{N}-])/giu

/** The one of some versions that a question names; null where it names none, or several. */
export function versionNamedIn(question: string, versions: readonly string[]): string | null {
  const named = new Set<string>()
  for (const [written] of question.matchAll(versionPattern)) {
    const wanted = bareVersion(written.toLowerCase().replace(/\s+/g, ' '))
    const found = versions.filter((version) => bareVersion(version) === wanted)
    // `4.18.2` is a release of `4.x`, and of `4.18`.
    const holding = versions
      .filter((version) => isNumberedVersion(version) && wanted.startsWith(`${bareVersion(version)}.`))
      .sort((one, other) => bareVersion(other).length - bareVersion(one).length)
    const [best] = found.length > 0 ? found : holding
    if (best !== undefined) named.add(best)
  }
  return named.size === 1 ? [...named][0]! : null
}
