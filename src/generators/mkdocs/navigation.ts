import {posix} from 'node:path'
import type {NavigationItem} from '../generator.ts'
import {isRecord, memberOf} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import type {ProjectFolder} from '../shared/project-folder.ts'

const maxDepth = 12
const maxItems = 20_000

/**
 * The navigation of a MkDocs project: the `nav` of its configuration, else the `.pages` and `.nav.yml` files of the
 * plugins awesome-pages and awesome-nav; null if there is none. `docs` is the folder of pages below the site's.
 */
export function navigationOf(
  folder: ProjectFolder,
  docs: string,
  nav: unknown,
  hasPagesFiles: boolean,
): NavigationItem[] | null {
  const home = posix.join(folder.path, docs)
  if (Array.isArray(nav)) return itemsOf(nav, home, 0)
  return hasPagesFiles ? folderItems(folder, docs, {left: maxItems}, 0) : null
}

/** Entries are `page.md`, `{Title: page.md}` or `{Title: [entries]}`. */
function itemsOf(entries: readonly unknown[], home: string, depth: number): NavigationItem[] {
  if (depth > maxDepth) return []
  return entries.slice(0, maxItems).flatMap((entry) => {
    if (typeof entry === 'string') return itemOf(null, entry, home) ?? []
    if (!isRecord(entry)) return []
    return Object.entries(entry).flatMap(([title, value]): NavigationItem | NavigationItem[] => {
      if (typeof value === 'string') return itemOf(title, value, home) ?? []
      return Array.isArray(value) ? {title, path: null, items: itemsOf(value, home, depth + 1)} : []
    })
  })
}

function itemOf(title: string | null, path: string, home: string): NavigationItem | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('/') || path.includes('*')) return null
  return {title, path: posix.join(home, path), items: []}
}

/** The pages of a folder in the order that its `.pages` writes down, the others where it says `...`, or after them. */
function folderItems(
  folder: ProjectFolder,
  path: string,
  budget: {left: number},
  depth: number,
): NavigationItem[] {
  if (depth > maxDepth) return []
  const names = folder.list(path).filter((name) => /\/$|\.md$/.test(name) && !name.startsWith('.'))
  const listed = pagesFile(folder, path)
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
  const rest = byIndexFirst(names.filter((name) => !named.includes(name)))
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

function pagesFile(folder: ProjectFolder, path: string): readonly unknown[] {
  for (const name of ['.pages', '.nav.yml']) {
    const text = folder.list(path).includes(name) ? folder.read(posix.join(path, name)) : null
    if (text === null) continue
    const data = dataConfigOf({path: 'pages.yml', text})
    const nav = memberOf(data, 'nav') ?? memberOf(data, 'arrange')
    return Array.isArray(nav) ? nav : []
  }
  return []
}

function byIndexFirst(names: readonly string[]): string[] {
  const isIndex = (name: string): boolean => /^(?:index|README)\.md$/.test(name)
  return [...names.filter(isIndex), ...names.filter((name) => !isIndex(name))]
}
