import type {SiteFile} from '../generator.ts'
import type {RouteEnd, Site} from '../site.ts'
import {joinRoute} from './join-route.ts'

/** Where generators differ in making a route of a path. */
export interface RouteOptions {
  /** Of each part of the path. Default: as it is. */
  readonly segment?: (segment: string) => string
  /** Whether a page stands for its folder. Default: `index`, `_index` and `README`. */
  readonly isIndex?: (segments: readonly string[]) => boolean
  /** What follows the folder's address where routes end in `.html`. Default: `index.html`. */
  readonly indexFile?: string
  /** Whether the slug of a page that stands for a folder replaces the folder's name. Default: false. */
  readonly slugNamesFolder?: boolean
  /** Whether a slug is below the base, whatever folder the page is in. Default: false. */
  readonly slugFromBase?: boolean
}

/** The route of a file by its path, or by the `slug` in its front matter. */
export function routeByPath(file: SiteFile, site: Site, options: RouteOptions = {}): string {
  const {segment = (name) => name, isIndex = standsForFolder, slugNamesFolder, slugFromBase} = options
  const parts = file.segments.map(segment)
  const ofFolder = isIndex(file.segments)
  const {slug} = file.frontMatter
  const end = (route: string, isFolder: boolean): string =>
    routeWithEnd(route, site.routeEnd, isFolder, options.indexFile)
  if (slug === null) return end(joinRoute(file.base, ...(ofFolder ? parts.slice(0, -1) : parts)), ofFolder)
  if (slug === '/') return end(file.base, true)
  if (slug.startsWith('/')) return explicitRoute(file.base, slug)
  const folder = slugFromBase ? [] : parts.slice(0, ofFolder && slugNamesFolder ? -2 : -1)
  return end(joinRoute(file.base, ...folder, slug), false)
}

export function standsForFolder(segments: readonly string[]): boolean {
  return /^(?:_?index|readme)$/i.test(segments.at(-1) ?? '')
}

export function routeWithEnd(
  route: string,
  end: RouteEnd,
  isFolder: boolean,
  indexFile = 'index.html',
): string {
  if (route === '' || route === '/') return '/'
  if (end === 'slash') return `${route}/`
  if (end === 'html') return isFolder ? `${route}/${indexFile}` : `${route}.html`
  return route
}

/** A path that the author set keeps its own ending, and loses a fragment. */
export function explicitRoute(base: string, given: string): string {
  return routeAsGiven(base, withoutFragment(given))
}

export function withoutFragment(address: string): string {
  return address.replace(/#.*$/s, '')
}

/** A path of plain characters with its own ending. */
export function routeAsGiven(base: string, path: string): string {
  const route = joinRoute(base, path)
  return path.endsWith('/') && route !== '/' ? `${route}/` : route || '/'
}

/**
 * The address that front matter sets: `url`, or a `permalink` without placeholders; null if it sets none. A path is below
 * `base`.
 */
export function addressIn({frontMatter}: SiteFile, base = ''): string | null {
  for (const explicit of [frontMatter.url, frontMatter.permalink]) {
    if (explicit === null || /[:{}]/.test(explicit.replace(/^[a-z]+:\/\/[^/]*/i, ''))) continue
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(explicit)
      ? withoutFragment(explicit)
      : explicitRoute(base, explicit)
  }
  return null
}
