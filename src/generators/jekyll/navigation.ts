import {posix} from 'node:path'
import {titleOfName} from '../../lib/markdown-name.ts'
import {splitFrontMatter} from '../../markdown/index.ts'
import type {NavigationItem} from '../generator.ts'
import {isRecord, textOr, textsOf} from '../shared/config-values.ts'
import type {ProjectFolder} from '../shared/project-folder.ts'

const maxPages = 3000
const maxDepth = 12

/**
 * The order of pages that a Jekyll project writes down: the tree that the theme just-the-docs makes of `parent`, and the
 * `order` of collections. `source` is the folder of pages below the site's.
 */
export function jekyllNavigation(
  folder: ProjectFolder,
  source: string,
  config: Readonly<Record<string, unknown>>,
): NavigationItem[] {
  const theme = `${textOr(config['theme'], '')} ${textOr(config['remote_theme'], '')}`
  return [
    ...(theme.includes('just-the-docs') ? treeOf(pagesIn(folder, source), folder) : []),
    ...orderedCollections(folder, source, config),
  ]
}

/** The files that a collection lists, then its others. */
function orderedCollections(
  folder: ProjectFolder,
  source: string,
  config: Readonly<Record<string, unknown>>,
): NavigationItem[] {
  const collections = config['collections']
  return Object.entries(isRecord(collections) ? collections : {}).flatMap(([name, options]) => {
    const listed = isRecord(options) ? textsOf(options['order']) : []
    if (listed.length === 0) return []
    const home = posix.join(folder.path, source, textOr(config['collections_dir'], ''), `_${name}`)
    const items = [...listed, ''].map((file) => ({
      title: null,
      path: posix.join(home, file || '/'),
      items: [],
    }))
    return [{title: titleOfName(name), path: null, items}]
  })
}

interface ThemePage {
  /** Below the site's folder. */
  readonly path: string
  readonly title: string
  readonly parent: string
  readonly grandParent: string
  readonly order: unknown
}

function pagesIn(folder: ProjectFolder, source: string): ThemePage[] {
  const found: ThemePage[] = []
  const waiting = [source]
  for (let n = 0; n < waiting.length && n < maxPages; n++) {
    for (const name of folder.list(waiting[n]!)) {
      const path = posix.join(waiting[n]!, name)
      if (/^(?:\.|node_modules\/|vendor\/)/.test(name)) continue
      if (name.endsWith('/')) waiting.push(path.slice(0, -1))
      else if (/\.(?:md|markdown)$/.test(name) && found.length < maxPages)
        found.push(...pageOf(path, folder.read(path) ?? ''))
    }
  }
  return found
}

/** Pages without a title, and those that say `nav_exclude`, are not in its navigation. */
function pageOf(path: string, text: string): ThemePage[] {
  if (!text.startsWith('---')) return []
  const {data} = splitFrontMatter(text, path).frontMatter
  const title = textOr(data['title'], '')
  if (title === '' || data['nav_exclude'] === true) return []
  const [parent, grandParent] = [textOr(data['parent'], ''), textOr(data['grand_parent'], '')]
  return [{path, title, parent, grandParent, order: data['nav_order']}]
}

function treeOf(pages: readonly ThemePage[], folder: ProjectFolder): NavigationItem[] {
  const byParent = new Map<string, ThemePage[]>()
  for (const page of [...pages].sort(byOrder)) {
    const siblings = byParent.get(page.parent)
    if (siblings) siblings.push(page)
    else byParent.set(page.parent, [page])
  }
  const itemOf = (page: ThemePage, depth: number): NavigationItem => {
    const children = depth > maxDepth ? [] : (byParent.get(page.title) ?? [])
    const items = children
      .filter((child) => child !== page && (child.grandParent === '' || child.grandParent === page.parent))
      .map((child) => itemOf(child, depth + 1))
    return {title: null, path: posix.join(folder.path, page.path), items}
  }
  return (byParent.get('') ?? []).map((page) => itemOf(page, 0))
}

/** Numbers before texts, and both before pages without an order, which stand by their titles. */
function byOrder(one: ThemePage, other: ThemePage): number {
  const [a, b] = [one.order, other.order].map((order) => (order === '' || order === null ? undefined : order))
  if (typeof a === 'number' && typeof b === 'number' && a !== b) return a - b
  const rank = (order: unknown): number => (typeof order === 'number' ? 0 : order === undefined ? 2 : 1)
  const text = (order: unknown, {title}: ThemePage): string => (typeof order === 'string' ? order : title)
  return rank(a) - rank(b) || compare(text(a, one), text(b, other))
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
