import type {NavigationItem} from '../generator.ts'
import {isRecord} from '../shared/config-values.ts'
import type {ConfigFile, ProjectFolder} from '../shared/project-folder.ts'

/** A page that the navigation lists. */
export interface NavigationPage {
  /** Below the folder of the configuration, without an extension. */
  readonly path: string
  readonly language: string | null
  readonly version: string | null
  /** Whether it is in the default of its languages or versions. */
  readonly isDefault: boolean
  /** Whether search leaves it out. */
  readonly isHidden: boolean
}

/** What may hold pages, by its key. */
const divisions = [
  'languages',
  'versions',
  'products',
  'tabs',
  'dropdowns',
  'anchors',
  'menu',
  'groups',
  'pages',
] as const
const titles = ['group', 'tab', 'anchor', 'dropdown', 'product', 'version', 'language', 'item'] as const

const maxDepth = 16
/** Files that a configuration may take parts from. */
const maxFiles = 60

/** The navigation of a `docs.json` or `mint.json`, parts in other files (`$ref`) included; null if it is none. */
export function mintlifyNavigation(file: ConfigFile, folder: ProjectFolder): unknown {
  let files = 0
  const resolved = (value: unknown, depth: number): unknown => {
    if (depth > maxDepth) return null
    if (Array.isArray(value)) return value.map((item) => resolved(item, depth + 1))
    if (!isRecord(value)) return value
    const {$ref: reference, ...rest} = value
    const own = Object.fromEntries(
      Object.entries(rest).map(([key, item]) => [key, resolved(item, depth + 1)]),
    )
    if (typeof reference !== 'string' || files++ > maxFiles) return own
    const part = resolved(jsonOf(folder.read(reference.replace(/^\.?\//, ''))), depth + 1)
    return isRecord(part) ? {...part, ...own} : own
  }
  const config = jsonOf(file.text)
  if (!isRecord(config)) return null
  const navigation = resolved(config['navigation'], 0)
  // In `mint.json`, a list of groups.
  return Array.isArray(navigation) ? {groups: navigation} : isRecord(navigation) ? navigation : null
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/** All pages of a navigation, in order. */
export function pagesIn(navigation: unknown): NavigationPage[] {
  const found: NavigationPage[] = []
  const walk = (node: unknown, place: Omit<NavigationPage, 'path'>): void => {
    if (typeof node === 'string') {
      if (isPage(node)) found.push({...place, path: pathOf(node)})
      return
    }
    if (!isRecord(node)) return
    const inner = placeIn(node, place)
    if (typeof node['root'] === 'string') walk(node['root'], inner)
    for (const key of divisions) {
      const list = node[key]
      if (!Array.isArray(list)) continue
      const hasDefault = list.some((item) => isRecord(item) && item['default'] === true)
      const isChoice = key === 'languages' || key === 'versions'
      for (const [index, item] of list.entries()) {
        const isDefault = isRecord(item) && (hasDefault ? item['default'] === true : index === 0)
        walk(item, isChoice ? {...inner, isDefault} : inner)
      }
    }
  }
  walk(navigation, {language: null, version: null, isDefault: false, isHidden: false})
  return found
}

function placeIn(
  node: Readonly<Record<string, unknown>>,
  place: Omit<NavigationPage, 'path'>,
): Omit<NavigationPage, 'path'> {
  const {language, version, hidden, searchable} = node
  return {
    ...place,
    language: typeof language === 'string' ? language : place.language,
    version: typeof version === 'string' ? version : place.version,
    isHidden: typeof hidden === 'boolean' ? hidden && searchable !== true : place.isHidden,
  }
}

/** The navigation as items; a part without a name stands for what it holds. */
export function mintlifyItems(node: unknown, fileOf: (page: string) => string, depth = 0): NavigationItem[] {
  if (depth > maxDepth) return []
  if (typeof node === 'string')
    return isPage(node) ? [{title: null, path: fileOf(pathOf(node)), items: []}] : []
  if (!isRecord(node)) return []
  const items = divisions.flatMap((key) => {
    const list = node[key]
    return Array.isArray(list) ? list.flatMap((item) => mintlifyItems(item, fileOf, depth + 1)) : []
  })
  const title = titles.map((key) => node[key]).find((value) => typeof value === 'string')
  if (typeof title !== 'string') return items
  const {root} = node
  const path = typeof root === 'string' && isPage(root) ? fileOf(pathOf(root)) : null
  return items.length > 0 || path !== null ? [{title, path, items}] : []
}

/** Neither an address nor an operation of an API: `GET /users`. */
function isPage(entry: string): boolean {
  return !/^[a-z]+:\/\/|\s\//i.test(entry)
}

function pathOf(page: string): string {
  return page.replace(/^\//, '').replace(/\.mdx?$/, '')
}
