import {DocentError} from '../domain/index.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {tagsFor} from '../text/language-tags.ts'
import {versionsToSearch} from './asked-versions.ts'

export interface PartsQuery {
  readonly question: string
  /** Only this version of the docs; null for the one that the question names, or the current one. */
  readonly version: string | null
  /** The language of who asks, BCP 47; null where it is not known. */
  readonly lang: string | null
}

/**
 * The parts of a build that may answer a question, each asked only where none before it answers: the pages in its own
 * language, then those in the site's. Pages in a third language are asked last, and only where the question's own is not
 * known. So a page and its translation never answer together. Never empty.
 * @throws DocentError `version_not_found`.
 */
export function partsToSearch(
  build: IndexBuild,
  {question, version, lang}: PartsQuery,
): readonly IndexBuild[] {
  checkVersion(build, version)
  const versions = versionsToSearch(build, question, version)
  const ofVersion = build.part({lang: null, versions})
  const tags = ofVersion.languages().map((share) => share.lang)
  if (tags.length < 2) return [ofVersion]
  const site = build.language === null ? [] : tagsFor(build.language, tags)
  const first = [...(lang === null ? [] : tagsFor(lang, tags)), ...site]
  const order = lang === null || first.length === 0 ? [...first, ...tags] : first
  return [...new Set(order)].map((tag) => build.part({lang: tag, versions}))
}

/** @throws DocentError `version_not_found`. */
function checkVersion(build: IndexBuild, version: string | null): void {
  if (version !== null && !build.versions().includes(version)) {
    throw new DocentError('version_not_found', `The index has no pages of version ${version}.`)
  }
}
