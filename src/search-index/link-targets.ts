import {posix} from 'node:path'
import {isMarkdownName, withoutMarkdownEnding} from '../lib/markdown-name.ts'
import {pathKey} from '../lib/url-path.ts'

/** A page as links lead to it. */
export interface LinkablePage {
  readonly path: string
  readonly url: string
}

/**
 * Finds the pages of a site that the targets of its links mean, as they are written in Markdown: percent-encoded or not,
 * in both Unicode forms.
 */
export class LinkTargets<Page extends LinkablePage> {
  readonly #keyOf: (path: string) => string
  readonly #byPath: ReadonlyMap<string, Page>
  readonly #byRoute: ReadonlyMap<string, Page>
  /** By the name of the file without its ending. */
  readonly #byName = new Map<string, Page[]>()

  constructor(pages: readonly Page[], {ignoresCase = false} = {}) {
    this.#keyOf = ignoresCase ? (path) => pathKey(path).toLowerCase() : pathKey
    this.#byPath = new Map(pages.map((page) => [this.#keyOf(page.path), page]))
    this.#byRoute = new Map(pages.map((page) => [this.#routeKeyOf(page.url), page]))
    for (const page of pages) {
      const name = nameOf(this.#keyOf(page.path))
      if (isOfFolder(name)) continue
      const named = this.#byName.get(name)
      if (named === undefined) this.#byName.set(name, [page])
      else named.push(page)
    }
  }

  /** The page that a link's target, without its fragment, leads to from a page; undefined when there is none. */
  pageAt(target: string, from: Page): Page | undefined {
    const path = withoutQuery(target)
    if (path === '') return from
    if (isMarkdownName(path)) return this.#fileAt(path, from)
    const routes = path.startsWith('/')
      ? [path]
      : [posix.join(posix.dirname(`${from.url}x`), path), posix.join(posix.dirname(from.url), path)]
    return routes.map((route) => this.#byRoute.get(this.#routeKeyOf(route))).find(Boolean)
  }

  #routeKeyOf(url: string): string {
    const route = url.replace(/^https?:\/\/[^/]+/, '').replace(/\/index$|\.html$|\/+$/g, '')
    return this.#keyOf(route) || '/'
  }

  #fileAt(path: string, from: Page): Page | undefined {
    const files = filesAt(path, from).map((file) => this.#keyOf(file))
    const found = files.map((file) => this.#byPath.get(file)).find(Boolean)
    if (found !== undefined || !isOfRoot(path)) return found
    // The root of the site's content may lie in a folder of this one.
    const below = `/${files[0]!}`
    const inRoot = this.#byName.get(nameOf(below))?.filter((page) => this.#keyOf(page.path).endsWith(below))
    return inRoot?.length === 1 ? inRoot[0] : undefined
  }

  /**
   * The same, and where that fails the only page whose file has the target's name: sites shorten addresses in ways of
   * their own, as `$state` for `02-runes/02-$state.md`.
   */
  likelyPageAt(target: string, from: Page): Page | undefined {
    const named = (): readonly Page[] => this.#byName.get(nameOf(this.#keyOf(withoutQuery(target)))) ?? []
    return this.pageAt(target, from) ?? (named().length === 1 ? named()[0] : undefined)
  }
}

/** The files that a link to a Markdown file may mean, the likelier first, encoded as the link is. */
export function filesAt(path: string, from: LinkablePage): string[] {
  return isOfRoot(path)
    ? [posix.normalize(path.replace(/^@?\//, ''))]
    : [
        posix.join(posix.dirname(from.path), path),
        posix.normalize(path),
        // The root of the site's content may be the folder, or the source, at the top.
        posix.join(from.path.slice(0, Math.max(0, from.path.indexOf('/'))), path),
      ]
}

/** Whether a path is meant from the root of the content: `/guides/auth.md`, and in Zola `@/guides/auth.md`. */
export function isOfRoot(path: string): boolean {
  return /^@?\//.test(path)
}

/** A link's target without its fragment, with slashes as browsers read them, and the fragment; empty where there is none. */
export function splitTarget(target: string): readonly [place: string, fragment: string] {
  const at = target.indexOf('#')
  const place = at < 0 ? target : target.slice(0, at)
  return [place.replaceAll('\\', '/'), at < 0 ? '' : target.slice(at + 1)]
}

export function withoutQuery(place: string): string {
  return place.replace(/\?.*$/, '')
}

/** Whether a name says only that the page opens its folder: links to other sites end in it as well. */
function isOfFolder(name: string): boolean {
  return /^(?:_?index|readme)$/i.test(name)
}

/** `02-runes/02-$state.md` → `$state`. */
function nameOf(path: string): string {
  const end = path.endsWith('/') ? path.length - 1 : path.length
  const name = path.slice(path.lastIndexOf('/', end - 1) + 1, end)
  return withoutMarkdownEnding(name)
    .replace(/\.(?:html|rst|ipynb)$/i, '')
    .replace(/^\d+[-_.]/, '')
}
