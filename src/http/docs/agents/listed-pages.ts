import {DocentError} from '../../../domain/index.ts'
import {oncePer} from '../../../lib/once-per.ts'
import {compareVersions} from '../../../lib/versions.ts'
import {currentPagesOf} from '../../../retrieval/index.ts'
import {type IndexBuild, pageAtRoute, type StoredPage} from '../../../search-index/index.ts'
import type {ListedPart} from './listed-part.ts'

/** Which pages a list for agents has. */
export interface ListRequest {
  /** Null for the current one of each source. */
  readonly version: string | null
  /** BCP 47; null for the language of the docs. */
  readonly lang: string | null
}

/** The languages and versions of the docs that a list leaves out. */
export interface OtherParts {
  /** Newest first. */
  readonly versions: readonly string[]
  /** The one with most pages first. */
  readonly langs: readonly string[]
}

/**
 * The pages that a list has: of each source the version that is asked for or current, in the language that is asked for,
 * or in that of the docs; a source without pages in it is listed in its own.
 * @throws DocentError `version_not_found`, and `not_found` for a language that the docs do not have.
 */
export function listedParts(build: IndexBuild, {version, lang}: ListRequest): readonly ListedPart[] {
  if (version !== null && !build.versions().includes(version))
    throw new DocentError('version_not_found', `The docs have no version ${version}.`)
  if (lang !== null && !langsOf(build).includes(lang))
    throw new DocentError('not_found', `The docs have no pages in ${lang}.`)
  return sourcesOf(build).map(({folder, pages, versions: current}) => {
    const versions = version === null ? current : [version]
    if (lang !== null) return {folder, versions, langs: [lang]}
    const shown = pages.filter((page) => versions.includes(page.version))
    return {folder, versions, langs: langsShown(shown, defaultLangOf(build))}
  })
}

/** What a list leaves out, as it is asked for. */
export function otherParts(build: IndexBuild, {version, lang}: ListRequest): OtherParts {
  const shown = version === null ? sourcesOf(build).flatMap(({versions}) => versions) : [version]
  const versions = build.versions().filter((one) => !shown.includes(one))
  return {
    versions: versions.toSorted((one, other) => compareVersions(other, one)),
    langs: langsOf(build).filter((one) => one !== (lang ?? defaultLangOf(build))),
  }
}

const sourcesOf = oncePer(currentPagesOf)

const langsOf = oncePer((build: IndexBuild) => langsByCount(build.pages()).flatMap((lang) => lang ?? []))

const defaultLangOf = oncePer((build: IndexBuild): string | null => {
  const start = pageAtRoute(build, '/')
  return start?.lang ?? langsOf(build)[0] ?? null
})

/** Pages whose language is not known are taken to be in that of the docs. */
function langsShown(pages: readonly StoredPage[], preferred: string | null): readonly (string | null)[] {
  const shown = [preferred, null]
  if (pages.some(({lang}) => shown.includes(lang))) return shown
  return langsByCount(pages).slice(0, 1)
}

function langsByCount(pages: readonly StoredPage[]): readonly (string | null)[] {
  const counts = new Map<string | null, number>()
  for (const {lang} of pages) counts.set(lang, (counts.get(lang) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one).map(([lang]) => lang)
}
