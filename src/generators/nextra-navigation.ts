import {posix} from 'node:path'
import type {NavigationItem} from './generator.ts'
import {isRecord, textOr} from './shared/config-values.ts'
import {configIn, type ProjectFolder} from './shared/project-folder.ts'
import {scriptConfigOf} from './shared/script-config.ts'
import type {Site} from './site.ts'

const maxDepth = 10
const metaFile = /^_meta\.(?:[jt]sx?|json)$/

/** The order that the files `_meta` of all folders of pages write down; null without any. */
export function nextraNavigation(folder: ProjectFolder, site: Site): readonly NavigationItem[] | null {
  const found = site.roots.flatMap(({path}) => {
    const below = path === site.folder ? '' : posix.relative(site.folder, path)
    const folders = folder.list(below).flatMap((name) => (name.endsWith('/') ? [name.slice(0, -1)] : []))
    const locales = folders.filter((name) => configIn(folder, metaFile, posix.join(below, name)) !== null)
    const isWithout = configIn(folder, metaFile, below) === null
    const homes = isWithout ? locales.map((name) => posix.join(below, name)) : [below]
    return homes.flatMap((home) => itemsIn(folder, home, site, 0))
  })
  return found.length > 0 ? found : null
}

function itemsIn(folder: ProjectFolder, path: string, site: Site, depth: number): NavigationItem[] {
  const file = depth > maxDepth ? null : configIn(folder, metaFile, path)
  const meta = file && scriptConfigOf(file, folder)
  if (!isRecord(meta)) return []
  const names = folder.list(path)
  return Object.entries(meta).flatMap(([name, value]): NavigationItem[] => {
    const title =
      textOr(typeof value === 'string' ? value : isRecord(value) ? value['title'] : null, '') || null
    const home = posix.join(path, name)
    const items = names.includes(`${name}/`) ? itemsIn(folder, home, site, depth + 1) : []
    const isPage = names.some((entry) => entry.startsWith(`${name}.`))
    const isAppPage = folder.list(home).some((entry) => /^page\.mdx?$/.test(entry))
    const file = isPage ? home : isAppPage ? `${home}/page` : null
    return file === null && items.length === 0
      ? []
      : [{title, path: file === null ? null : posix.join(site.folder, file), items}]
  })
}
