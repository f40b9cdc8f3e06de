import type {SiteUrl} from '../domain/index.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'
import {oncePer} from '../lib/once-per.ts'
import {encodedPath} from '../lib/url-path.ts'
import type {DocsSearch} from '../retrieval/index.ts'
import {type CurrentBuild, type IndexBuild, knownLanguagesOf, pageAtRoute} from '../search-index/index.ts'

/** The docs that a server offers. */
export interface Docs {
  readonly search: DocsSearch
  readonly current: CurrentBuild
  /** Where the docs live. */
  readonly siteUrl: SiteUrl
  /** Where this server is reached, without a slash at the end, for addresses on it. Null where it is not. */
  readonly base: string | null
  /** What the docs are called. Null: as the title of their start page. */
  readonly name: string | null
}

/** What the docs are about, for the descriptions of the tools. */
export interface Subject {
  /** What the docs are called; null where nobody said. */
  readonly name: string | null
  /** BCP 47, the one with most pages first. */
  readonly languages: readonly string[]
  /** Newest last; none where the docs have none. */
  readonly versions: readonly string[]
}

const maxNameLength = 100

/** The subject of the docs as they are now; without an index, all that the settings say. */
export function subjectOf({current, name}: Pick<Docs, 'current' | 'name'>): Subject {
  if (current.id === null) return {name: nameOf(name), languages: [], versions: []}
  const {build, release} = current.lease()
  try {
    const known = knownOf(build)
    return {...known, name: nameOf(name ?? known.title)}
  } finally {
    release()
  }
}

function nameOf(name: string | null): string | null {
  return name === null ? null : headOf(cleanLine(name), maxNameLength)
}

/** What people see of a server of the docs. */
export function titleOf({name}: Pick<Subject, 'name'>): string {
  return name === null ? 'Docs' : `${name} docs`
}

/** The docs in a sentence. A name may be any title, so it stands in quotation marks. */
export function docsNamed({name}: Pick<Subject, 'name'>): string {
  return name === null ? 'the documentation' : `the documentation “${name}”`
}

const knownOf = oncePer((build: IndexBuild) => ({
  title: build.pages().length === 0 ? null : (pageAtRoute(build, '/')?.title ?? null),
  languages: knownLanguagesOf(build),
  versions: build.versions(),
}))

/** Runs work on the build that is served now, which stays open until the work has ended. @throws DocentError `not_ready`. */
export async function withBuild<T>(
  current: CurrentBuild,
  work: (build: IndexBuild) => T | Promise<T>,
): Promise<T> {
  const {build, release} = current.lease()
  try {
    return await work(build)
  } finally {
    release()
  }
}

/** The resource of a page, by the path of its file. */
export function uriOf(path: string): string {
  return `docs:///${encodedPath(path)}`
}

/**
 * An address of a page that can be followed: on the docs' own site, else on this server, else that of its resource, where
 * nobody said where either is.
 */
export function publicAddress(
  {url, path}: {readonly url: string; readonly path: string},
  {base}: Pick<Docs, 'base'>,
): string {
  if (!url.startsWith('/')) return url
  return base === null ? uriOf(path) : base + url
}
