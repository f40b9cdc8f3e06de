import {posix} from 'node:path'
import type {NavigationItem} from '../generator.ts'
import {isRecord, memberOf} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {itemsOfLinks} from '../shared/link-lists.ts'
import type {ProjectFolder} from '../shared/project-folder.ts'

const maxDepth = 12
const maxItems = 20_000

/** Which plugins have a say in the order. */
export interface OrderPlugins {
  /** Whether folders have `.pages` or `.nav.yml` files: awesome-pages and awesome-nav. */
  readonly pagesFiles: boolean
  /** Whether what these files do not name is sorted from the end. */
  readonly isDescending: boolean
  /** The file of links in a folder that literate-nav reads; null without the plugin. */
  readonly linksFile: string | null
}

/**
 * The navigation of a MkDocs project: the `nav` of its configuration, else the files that its plugins read; null if there
 * is none. `docs` is the folder of pages below the site's.
 */
export function navigationOf(
  folder: ProjectFolder,
  docs: string,
  nav: unknown,
  plugins: OrderPlugins,
): NavigationItem[] | null {
  const home = posix.join(folder.path, docs)
  const {linksFile} = plugins
  const links = linksFile === null ? null : folderOfLinks(folder, docs, linksFile)
  if (Array.isArray(nav)) {
    const items = itemsOf(nav, home, plugins.pagesFiles, 0)
    return linksFile === null ? items : withFolders(items, folder, linksFile, 0)
  }
  if (links !== null) return withFolders(links, folder, linksFile!, 0)
  return plugins.pagesFiles
    ? folderItems(folder, docs, {left: maxItems, isDescending: plugins.isDescending}, 0)
    : null
}

function folderOfLinks(folder: ProjectFolder, path: string, file: string): NavigationItem[] | null {
  const text = folder.read(posix.join(path, file))
  return text === null ? null : itemsOfLinks(text, posix.join(folder.path, path))
}

/** Folders with a file of links of their own have its items. */
function withFolders(
  items: readonly NavigationItem[],
  folder: ProjectFolder,
  file: string,
  depth: number,
): NavigationItem[] {
  if (depth > maxDepth) return []
  return items.flatMap((item): NavigationItem[] => {
    const below = withFolders(item.items, folder, file, depth + 1)
    const links = item.path?.endsWith('/')
      ? folderOfLinks(folder, posix.relative(`/${folder.path}`, `/${item.path}`), file)
      : null
    if (links === null) return [{...item, items: below}]
    const own = [...withFolders(links, folder, file, depth + 1), ...below]
    return item.title === null ? own : [{title: item.title, path: null, items: own}]
  })
}

/** Entries are `page.md`, `{Title: page.md}` or `{Title: [entries]}`. */
function itemsOf(
  entries: readonly unknown[],
  home: string,
  namesFolders: boolean,
  depth: number,
): NavigationItem[] {
  if (depth > maxDepth) return []
  return entries.slice(0, maxItems).flatMap((entry) => {
    if (typeof entry === 'string') return itemOf(null, entry, home, namesFolders) ?? []
    if (!isRecord(entry)) return []
    return Object.entries(entry).flatMap(([title, value]): NavigationItem | NavigationItem[] => {
      if (typeof value === 'string') return itemOf(title, value, home, namesFolders) ?? []
      return Array.isArray(value)
        ? {title, path: null, items: itemsOf(value, home, namesFolders, depth + 1)}
        : []
    })
  })
}

function itemOf(
  title: string | null,
  path: string,
  home: string,
  namesFolders: boolean,
): NavigationItem | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('/') || path.includes('*') || path === '...')
    return null
  const end = namesFolders && !/\/$|\.\w+$/.test(path) ? '/' : ''
  return {title, path: posix.join(home, path) + end, items: []}
}

/** The pages of a folder in the order that its `.pages` writes down, the others where it says `...`, or after them. */
function folderItems(
  folder: ProjectFolder,
  path: string,
  budget: {left: number; readonly isDescending: boolean},
  depth: number,
): NavigationItem[] {
  if (depth > maxDepth) return []
  const names = folder.list(path).filter((name) => /\/$|\.md$/.test(name) && !name.startsWith('.'))
  const {listed, isDescending = budget.isDescending} = pagesFile(folder, path)
  const titles = new Map<string, string>()
  const order = listed.flatMap((entry): string[] => {
    if (typeof entry === 'string') return [entry]
    if (!isRecord(entry)) return []
    return Object.entries(entry).flatMap(([title, value]) => {
      if (typeof value !== 'string') return []
      titles.set(value, title)
      return [value]
    })
  })
  const isRest = (name: string): boolean => /^(?:\.\.\.|\*)/.test(name)
  const nameOf = (entry: string): string => (names.includes(`${entry}/`) ? `${entry}/` : entry)
  const named = order.filter((entry) => !isRest(entry)).map(nameOf)
  const others = names.filter((name) => !named.includes(name))
  const rest = byIndexFirst(isDescending ? others.reverse() : others)
  const at = order.findIndex(isRest)
  const sorted =
    at < 0
      ? [...named, ...(listed.length > 0 ? [] : rest)]
      : [...named.slice(0, at), ...rest, ...named.slice(at)]
  return sorted.flatMap((name): NavigationItem[] => {
    if (budget.left-- <= 0 || !names.includes(name)) return []
    const below = posix.join(path, name)
    const title = titles.get(name.replace(/\/$/, '')) ?? null
    if (!name.endsWith('/')) return [{title, path: posix.join(folder.path, below), items: []}]
    const items = folderItems(folder, below.replace(/\/$/, ''), budget, depth + 1)
    return items.length > 0 ? [{title: title ?? name.slice(0, -1), path: null, items}] : []
  })
}

interface PagesFile {
  readonly listed: readonly unknown[]
  /** Absent where the file does not say. */
  readonly isDescending?: boolean
}

function pagesFile(folder: ProjectFolder, path: string): PagesFile {
  for (const name of ['.pages', '.nav.yml']) {
    const text = folder.list(path).includes(name) ? folder.read(posix.join(path, name)) : null
    if (text === null) continue
    const data = dataConfigOf({path: 'pages.yml', text})
    const nav = memberOf(data, 'nav') ?? memberOf(data, 'arrange')
    const order = memberOf(data, 'order') ?? memberOf(data, 'sort', 'direction')
    return {
      listed: Array.isArray(nav) ? nav : [],
      ...(typeof order === 'string' ? {isDescending: order === 'desc'} : {}),
    }
  }
  return {listed: []}
}

function byIndexFirst(names: readonly string[]): string[] {
  const isIndex = (name: string): boolean => /^(?:index|README)\.md$/.test(name)
  return [...names.filter(isIndex), ...names.filter((name) => !isIndex(name))]
}
