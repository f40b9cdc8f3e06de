import {posix} from 'node:path'
import {docsInstances} from './docusaurus-config.ts'
import type {NavigationItem} from './generator.ts'
import {isRecord, textOr} from './shared/config-values.ts'
import {configIn, type ProjectFolder} from './shared/project-folder.ts'
import {scriptConfigOf} from './shared/script-config.ts'
import type {Site} from './site.ts'

const maxDepth = 12

/** The sidebars that the files of all docs plugins write down, one after the other; null if they write none. */
export function docusaurusNavigation(folder: ProjectFolder, site: Site): readonly NavigationItem[] | null {
  const file = configIn(folder, /^docusaurus\.config\.(?:js|ts|mjs|cjs|mts)$/)
  if (!file) return null
  const found = docsInstances(scriptConfigOf(file, folder), folder).flatMap(({path, sidebarPath}) => {
    if (sidebarPath === null) return []
    const name = posix.basename(sidebarPath).replace(/\.\w+$/, '')
    const below = posix.dirname(sidebarPath).replace(/^\.$/, '')
    const sidebars = configIn(
      folder,
      new RegExp(`^${name.replace(/\W/g, '\\$&')}\\.(?:[cm]?[jt]s|json)$`),
      below,
    )
    const data = sidebars && scriptConfigOf(sidebars, folder)
    return isRecord(data)
      ? Object.values(data).flatMap((items) => itemsOf(items, posix.join(site.folder, path)))
      : []
  })
  return found.length > 0 ? found : null
}

function itemsOf(items: unknown, home: string, depth = 0): NavigationItem[] {
  if (depth > maxDepth) return []
  if (Array.isArray(items)) return items.flatMap((item) => itemOf(item, home, depth))
  // The shorthand: labels of categories with their items.
  return isRecord(items)
    ? Object.entries(items).map(([title, below]) => ({
        title,
        path: null,
        items: itemsOf(below, home, depth + 1),
      }))
    : []
}

function itemOf(item: unknown, home: string, depth: number): NavigationItem[] {
  if (typeof item === 'string') return [{title: null, path: posix.join(home, item), items: []}]
  if (!isRecord(item)) return []
  const {type, id, label, link} = item
  const title = typeof label === 'string' ? label : null
  if (type === undefined) return itemsOf(item, home, depth + 1)
  if (type === 'doc' || type === 'ref')
    return typeof id === 'string' ? [{title, path: posix.join(home, id), items: []}] : []
  if (type !== 'category') return []
  const linked = isRecord(link) && link['type'] === 'doc' ? textOr(link['id'], '') : ''
  return [
    {
      title,
      path: linked === '' ? null : posix.join(home, linked),
      items: itemsOf(item['items'], home, depth + 1),
    },
  ]
}
