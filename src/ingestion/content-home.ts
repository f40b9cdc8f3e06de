import {join} from 'node:path'
import type {SiteRules} from '../markdown/index.ts'
import type {ContentRoot} from './content-root.ts'

/** The rule of the diagnostic for a source that could not be brought up to date. */
export const unreachableRule = 'source-unreachable'

/** A single content folder, or that of each source by its name, with which the paths of its files begin. */
export type Content<Root = ContentRoot> = Root | SeveralSources<Root>

export interface SeveralSources<Root> {
  readonly sources: Readonly<Record<string, Root>>
}

export interface PathInHome<Root> {
  readonly home: Root
  /** What its paths and addresses begin with among those of all sources: `api`; empty for a single source. */
  readonly name: string
  /** Below the home. */
  readonly path: string
}

/** The source that a path belongs to; null where its name is none of these. */
export function homeOf<Root extends object>(content: Content<Root>, path: string): PathInHome<Root> | null {
  if (!isSeveral(content)) return {home: content, name: '', path}
  const at = path.indexOf('/')
  const name = at < 0 ? path : path.slice(0, at)
  if (!Object.hasOwn(content.sources, name)) return null
  return {home: content.sources[name]!, name, path: at < 0 ? '.' : path.slice(at + 1)}
}

function isSeveral<Root extends object>(content: Content<Root>): content is SeveralSources<Root> {
  return 'sources' in content
}

/** The absolute path of a content file; null where its source is none of these. */
export function absolutePathOf(content: Content, path: string): string | null {
  const found = homeOf(content, path)
  return found && join(found.home.root, found.path)
}

/** A path of a source among those of all. */
export function pathAmong(name: string, path: string): string {
  if (name === '') return path
  return path === '.' ? name : `${name}/${path}`
}

/** An address of a source among those of all; one on another site stays as it is. */
export function urlAmong(name: string, url: string): string {
  if (name === '' || /^[a-z][a-z0-9+.-]*:/i.test(url)) return url
  return `/${name}${url.startsWith('/') ? '' : '/'}${url}`
}

/** What is asked of the rules of a site outside its parser. */
export type PlaceRules = Pick<
  SiteRules,
  'placeOf' | 'translationOf' | 'keepsLetterCase' | 'hasSharedAnchors' | 'guessesAnchors'
>

/** The rules of several sources as one. */
export function rulesAmong(rules: Readonly<Record<string, SiteRules>>): PlaceRules {
  return {
    // A link in another letter case is a fault only where it is one in each of them.
    keepsLetterCase: Object.values(rules).every(({keepsLetterCase}) => keepsLetterCase),
    hasSharedAnchors: Object.values(rules).some(({hasSharedAnchors}) => hasSharedAnchors),
    guessesAnchors: Object.values(rules).some(({guessesAnchors}) => guessesAnchors),
    translationOf(path) {
      const found = homeOf({sources: rules}, path)
      return found?.home.translationOf(found.path) ?? null
    },
    placeOf(path, frontMatter) {
      const found = homeOf({sources: rules}, path)
      if (found === null) return {url: `/${path}`, version: null, lang: null, position: null, setAside: null}
      const place = found.home.placeOf(found.path, frontMatter)
      return {...place, url: urlAmong(found.name, place.url)}
    },
  }
}
