import {posix} from 'node:path'

/** A page as links lead to it. */
export interface LinkablePage {
  readonly path: string
  readonly url: string
}

/** Finds the pages of a site that the targets of its links mean, as they are written in Markdown. */
export class LinkTargets<Page extends LinkablePage> {
  readonly #byPath: ReadonlyMap<string, Page>
  readonly #byRoute: ReadonlyMap<string, Page>
  /** By the name of the file; null where several pages have it. */
  readonly #byName = new Map<string, Page | null>()

  constructor(pages: readonly Page[]) {
    this.#byPath = new Map(pages.map((page) => [page.path, page]))
    this.#byRoute = new Map(pages.map((page) => [routeKey(page.url), page]))
    for (const page of pages) {
      const name = nameOf(page.path)
      if (!isOfFolder(name)) this.#byName.set(name, this.#byName.has(name) ? null : page)
    }
  }

  /** The page that a link's target, without its fragment, leads to from a page; undefined when there is none. */
  pageAt(target: string, from: Page): Page | undefined {
    const path = withoutQuery(target)
    if (path === '') return from
    if (isMarkdownPath(path)) {
      return filesAt(path, from)
        .map((file) => this.#byPath.get(file))
        .find(Boolean)
    }
    const routes = path.startsWith('/')
      ? [path]
      : [posix.join(posix.dirname(`${from.url}x`), path), posix.join(posix.dirname(from.url), path)]
    return routes.map((route) => this.#byRoute.get(routeKey(route))).find(Boolean)
  }

  /**
   * The same, and where that fails the only page whose file has the target's name: sites shorten addresses in ways of
   * their own, as `$state` for `02-runes/02-$state.md`.
   */
  likelyPageAt(target: string, from: Page): Page | undefined {
    return this.pageAt(target, from) ?? this.#byName.get(nameOf(withoutQuery(target))) ?? undefined
  }
}

export function isMarkdownPath(target: string): boolean {
  return /\.mdx?$/i.test(target)
}

/** The files that a link to a Markdown file may mean, the likelier first. */
export function filesAt(path: string, from: LinkablePage): string[] {
  return path.startsWith('/')
    ? [path.slice(1)]
    : [posix.join(posix.dirname(from.path), path), posix.normalize(path)]
}

/** A link's target without its fragment, and the fragment; empty where there is none. */
export function splitTarget(target: string): readonly [place: string, fragment: string] {
  const at = target.indexOf('#')
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)]
}

export function withoutQuery(place: string): string {
  return place.replace(/\?.*$/, '')
}

function routeKey(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, '').replace(/\/index$|\.html$|\/+$/g, '') || '/'
}

/** Whether a name says only that the page opens its folder: links to other sites end in it as well. */
function isOfFolder(name: string): boolean {
  return /^(?:_?index|readme)$/i.test(name)
}

/** `02-runes/02-$state.md` → `$state`. */
function nameOf(path: string): string {
  const end = path.endsWith('/') ? path.length - 1 : path.length
  const name = path.slice(path.lastIndexOf('/', end - 1) + 1, end)
  return name.replace(/\.(?:mdx?|html|rst|ipynb)$/i, '').replace(/^\d+[-_.]/, '')
}
