import {DocentError} from '../domain/index.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'
import {type IndexBuild, knownLanguagesOf} from '../search-index/index.ts'
import {tagsFor} from '../text/language-tags.ts'

const maxListed = 50
const maxShown = 100

/** @throws DocentError `version_not_found` that lists the versions. */
export function checkVersion(build: IndexBuild, version: string | undefined): void {
  const versions = build.versions()
  if (version === undefined || versions.includes(version)) return
  throw new DocentError(
    'version_not_found',
    versions.length === 0
      ? 'version: these docs have no versions; leave it out'
      : `version: the docs have no version ${shown(version)}; there are ${listed(versions)}. Without it the current one is used.`,
  )
}

/** The language of the docs that serves a reader of `lang`. @throws DocentError `invalid_request` that lists the languages. */
export function servedLanguage(build: IndexBuild, lang: string | undefined): string | null {
  if (lang === undefined) return null
  const tags = knownLanguagesOf(build)
  const [best] = tagsFor(lang, tags)
  if (best !== undefined) return best
  throw new DocentError(
    'invalid_request',
    tags.length === 0
      ? 'lang: the languages of these docs are not known; leave it out'
      : `lang: the docs have no pages in ${shown(lang)}; there are ${listed(tags)}`,
  )
}

/** Up to fifty names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length > maxListed ? ` and ${names.length - maxListed} more` : ''
  return names.slice(0, maxListed).map(cleanLine).join(', ') + more
}

function shown(given: string): string {
  return JSON.stringify(cleanLine(headOf(given, maxShown)))
}
