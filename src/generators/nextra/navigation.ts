import {posix} from 'node:path'
import type {NavigationItem} from '../generator.ts'
import {isRecord, textOr} from '../shared/config-values.ts'
import {configIn, type ProjectFolder} from '../shared/project-folder.ts'
import {scriptConfigOf} from '../shared/script-config.ts'
import type {Site} from '../site.ts'

const maxDepth = 10
const metaFile = /^_meta(?:\.global)?\.(?:[jt]sx?|json)$/

/**
 * The order that the files `_meta` of all folders of pages write down, or `_meta.global` for all folders below its own;
 * null without any. Pages that they do not name follow those that they do.
 */
export function nextraNavigation(folder: ProjectFolder, site: Site): readonly NavigationItem[] | null {
  const found = site.roots.flatMap(({path}) => {
    const below = path === site.folder ? '' : posix.relative(site.folder, path)
    const folders = folder.list(below).flatMap((name) => (name.endsWith('/') ? [name.slice(0, -1)] : []))
    const locales = folders.filter((name) => configIn(folder, metaFile, posix.join(below, name)) !== null)
    const isWithout = configIn(folder, metaFile, below) === null
    const homes = isWithout ? locales.map((name) => posix.join(below, name)) : [below]
    return homes.flatMap((home) => itemsIn(folder, home, site, {depth: 0, given: null}))
  })
  return found.length > 0 ? found : null
}

interface Level {
  readonly depth: number
  /** What a file further up says of the folder; null if its own has to. */
  readonly given: unknown
}

function itemsIn(folder: ProjectFolder, path: string, site: Site, {depth, given}: Level): NavigationItem[] {
  if (depth > maxDepth) return []
  const file = given === null ? configIn(folder, metaFile, path) : null
  const meta = file ? scriptConfigOf(file, folder) : given
  if (!isRecord(meta)) return []
  const names = folder.list(path)
  const listed = Object.entries(meta).flatMap(([name, value]): NavigationItem[] => {
    const title = textOr(isRecord(value) ? value['title'] : value, '') || null
    const home = posix.join(path, name)
    const isFolder = names.includes(`${name}/`)
    const isPage = names.some((entry) => entry.startsWith(`${name}.`))
    const isAppPage = isFolder && folder.list(home).some((entry) => /^page\.mdx?$/.test(entry))
    const page = isPage ? home : isAppPage ? `${home}/page` : null
    const below = isRecord(value) ? (value['items'] ?? null) : null
    const items = isFolder ? itemsIn(folder, home, site, {depth: depth + 1, given: below}) : []
    if (page !== null) return [{title, path: posix.join(site.folder, page), items}]
    if (items.length > 0) return [{title, path: null, items}]
    return isFolder ? [{title, path: inFolder(home, site), items: []}] : []
  })
  return listed.length === 0 ? [] : [...listed, {title: null, path: inFolder(path, site), items: []}]
}

function inFolder(path: string, site: Site): string {
  return `${posix.join(site.folder, path)}/`
}
