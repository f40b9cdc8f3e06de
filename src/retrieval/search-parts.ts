import {DocentError} from '../domain/index.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {tagsFor, undetermined} from '../text/language-tags.ts'
import {versionsToSearch} from './asked-versions.ts'

export interface PartsQuery {
  readonly question: string
  /** Only this version of the docs; null for the one that the question names, or the current one. */
  readonly version: string | null
  /** The version of the page that the visitor is on, which counts where the question names none. Default null. */
  readonly visitorVersion?: string | null
  /** Languages of who asks, BCP 47, best first: the one that was asked for, then that of the question. */
  readonly langs: readonly string[]
}

/**
 * The parts of a build that may answer a question, each asked only where none before it answers: the pages in its own
 * language, then those in the site's, then those of which the language is not known. Pages in a third language are asked
 * only where the question's own is not known. So a page and its translation never answer together. Never empty.
 * @throws DocentError `version_not_found`.
 */
export function partsToSearch(
  build: IndexBuild,
  {question, version, visitorVersion = null, langs}: PartsQuery,
): readonly IndexBuild[] {
  checkVersion(build, version)
  const versions = versionsToSearch(build, question, version, visitorVersion)
  const ofVersion = build.part({lang: null, versions})
  const tags = ofVersion.languages().map((share) => share.lang)
  if (tags.length < 2) return [ofVersion]
  const site = build.language === null ? [] : tagsFor(build.language, tags)
  const first = [...langs.flatMap((lang) => tagsFor(lang, tags)), ...site]
  const order = langs.length === 0 || first.length === 0 ? [...first, ...tags] : first
  const ofNoKnown = tags.filter((tag) => tag === undetermined)
  return [...new Set([...order, ...ofNoKnown])].map((tag) => build.part({lang: tag, versions}))
}

/** @throws DocentError `version_not_found`. */
function checkVersion(build: IndexBuild, version: string | null): void {
  if (version !== null && !build.versions().includes(version)) {
    throw new DocentError('version_not_found', `The index has no pages of version ${version}.`)
  }
}
