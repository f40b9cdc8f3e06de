import {posix} from 'node:path'
import {
  type FolderLabel,
  generatorNamed,
  languageOf,
  type NavigationItem,
  outlineOf,
  type Project,
  rootOf,
  type Site,
  type SiteNavigation,
} from '../generators/index.ts'
import {decodedPath} from '../lib/url-path.ts'
import type {OutlineItem, PlacedPage} from '../search-index/index.ts'
import {pathAmong} from './content-home.ts'

/** A source as far as the order of its pages is concerned. */
export interface OrderedSource {
  /** What the paths of its pages begin with; empty for a single source. */
  readonly name: string
  readonly site: Site
  readonly navigation: SiteNavigation
}

/** What the files of a project say of the order of its pages. Paths are below the content folder. */
export function navigationOf(project: Project, site: Site): SiteNavigation {
  const {navigation, labelOf} = generatorNamed(site.generator)!
  const below = (path: string): string => posix.relative(`/${site.contentPath}`, `/${path}`)
  const inContent = (items: readonly NavigationItem[]): NavigationItem[] =>
    items.map((item) => ({
      ...item,
      path: item.path === null ? null : below(item.path) + (item.path.endsWith('/') ? '/' : ''),
      items: inContent(item.items),
    }))
  const labels = labelOf
    ? foldersOf(project.files).flatMap((folder): [string, FolderLabel][] => {
        const label = labelOf(project.folder(posix.join(site.contentPath, folder)))
        return label ? [[folder, label]] : []
      })
    : []
  return {
    items: inContent(navigation?.(project.folder(site.folder), site) ?? []),
    folders: Object.fromEntries(labels),
  }
}

/** All folders that files are in, directly or not. */
function foldersOf(files: readonly string[]): string[] {
  const found = new Set<string>()
  for (const file of files) {
    for (
      let folder = posix.dirname(file);
      folder !== '.' && !found.has(folder);
      folder = posix.dirname(folder)
    )
      found.add(folder)
  }
  return [...found]
}

/** The pages of all sources in order, each source as a group if there are several. */
export function orderedPages(
  sources: readonly OrderedSource[],
  pages: readonly PlacedPage[],
): readonly OutlineItem[] {
  return sources.flatMap(({name, site, navigation}) => {
    const own = pages.flatMap((page) => (name === '' ? page : withoutName(page, name)))
    const items = outlineOf(
      own.map(({path, url, title, position, version}) => ({
        path,
        addressPath: addressPathOf(path, url, site),
        title,
        position,
        part: partOf(path, version, site),
      })),
      navigation,
    )
    return name === '' ? items : [{title: name, path: null, items: items.map((item) => among(name, item))}]
  })
}

function withoutName(page: PlacedPage, name: string): PlacedPage[] {
  return page.path.startsWith(`${name}/`) ? [{...page, path: page.path.slice(name.length + 1)}] : []
}

function among(name: string, item: OutlineItem): OutlineItem {
  return {
    ...item,
    path: item.path === null ? null : pathAmong(name, item.path),
    items: item.items.map((below) => among(name, below)),
  }
}

/** Where the file of an address would be if it were called so: sidebars name pages by slugs and by rewritten paths. */
function addressPathOf(path: string, url: string, site: Site): string | null {
  const {contentPath} = site
  const root = rootOf(posix.join(contentPath, path), site)
  if (!root || !url.startsWith(`${root.base}/`)) return null
  const below = decodedPath(url.slice(root.base.length + 1)).replace(/(?:\.html|\/)$/, '')
  return posix.relative(`/${contentPath}`, posix.join('/', root.path, below))
}

/** Translations and versions that readers do not get without asking are parts of their own. */
function partOf(
  path: string,
  version: string | null,
  {contentPath, languages, versions}: Site,
): string | null {
  const translation = languageOf(posix.join(contentPath, path), {...languages, default: null})
  const names = [
    translation === languages.default ? null : translation && nameOfLanguage(translation),
    version === versions.current ? null : version,
  ].filter((name) => name !== null)
  return names.length === 0 ? null : names.join(', ')
}

const languageNames = new Map<string, string>()

/** In the language itself, as in `Deutsch`. Made once a language: it takes longer than all else of a page's place. */
function nameOfLanguage(tag: string): string {
  const known = languageNames.get(tag)
  if (known !== undefined) return known
  const name = new Intl.DisplayNames(tag, {type: 'language'}).of(tag) ?? tag
  languageNames.set(tag, name)
  return name
}
