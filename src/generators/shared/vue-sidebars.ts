import type {NavigationItem} from '../generator.ts'
import {isRecord, textOr} from './config-values.ts'
import {joinRoute} from './join-route.ts'

const maxDepth = 12

/**
 * The items of a sidebar as VitePress and VuePress have it: a list, or lists by the path of their section; items are links,
 * or objects with `text`, `link`, and `items` or `children`. `fileOf` returns the file of a link, null for other links.
 */
export function sidebarItems(sidebar: unknown, fileOf: (link: string) => string | null): NavigationItem[] {
  if (Array.isArray(sidebar)) return itemsOf(sidebar, '', fileOf, 0)
  if (!isRecord(sidebar)) return []
  return Object.entries(sidebar).flatMap(([section, list]) => {
    if (isRecord(list)) return itemsOf(list['items'], textOr(list['base'], ''), fileOf, 0)
    return itemsOf(list, section, fileOf, 0)
  })
}

function itemsOf(
  list: unknown,
  base: string,
  fileOf: (link: string) => string | null,
  depth: number,
): NavigationItem[] {
  if (!Array.isArray(list) || depth > maxDepth) return []
  return list.flatMap((item): NavigationItem[] => {
    if (typeof item === 'string') return itemOf(null, below(base, item), [], fileOf)
    // `['/page', 'Title']` of VuePress 1.
    if (Array.isArray(item))
      return itemOf(textOr(item[1], '') || null, below(base, String(item[0])), [], fileOf)
    if (!isRecord(item)) return []
    const home = textOr(item['base'], base)
    const link = item['link'] ?? item['path']
    const items = itemsOf(item['items'] ?? item['children'], home, fileOf, depth + 1)
    const title = textOr(item['text'] ?? item['title'], '') || null
    return itemOf(title, typeof link === 'string' ? below(home, link) : null, items, fileOf)
  })
}

function itemOf(
  title: string | null,
  link: string | null,
  items: readonly NavigationItem[],
  fileOf: (link: string) => string | null,
): NavigationItem[] {
  const path = link === null ? null : fileOf(link)
  return path === null && items.length === 0 ? [] : [{title, path, items}]
}

function below(base: string, link: string): string {
  if (/^[a-z]+:|^\//i.test(link)) return link
  const route = joinRoute(base, link)
  return link === '' || link.endsWith('/') ? `${route}/` : route
}
