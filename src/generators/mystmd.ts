import {posix} from 'node:path'
import {values} from '../markdown/dialect-kit.ts'
import type {Generator, NavigationItem} from './generator.ts'
import type {AnchorRule} from './shared/anchor-rules.ts'
import {isRecord, memberOf, plainValues, textOr} from './shared/config-values.ts'
import {dataConfigOf} from './shared/data-config.ts'
import {joinRoute} from './shared/join-route.ts'
import {languageTag} from './shared/languages.ts'
import {matchesAny} from './shared/patterns.ts'
import {configIn, type ProjectFolder} from './shared/project-folder.ts'
import {routeWithEnd} from './shared/routes.ts'

type Own = {
  /** Routes below the base of the files in the table of contents, by their paths below the project's root; null without one. */
  readonly routes: Readonly<Record<string, string>> | null
  readonly folders: boolean
  readonly excluded: readonly string[]
}

/** mystmd, which is Jupyter Book 2 too. */
export const mystmd: Generator = {
  name: 'mystmd',
  title: 'mystmd, Jupyter Book 2',
  about: {
    foundBy: '`myst.yml`',
    routes: 'file names by its function, `folders`',
    anchors: 'its own',
    order: '`toc`',
    syntaxes: 'MyST directives, roles, targets, cards',
    setAside: 'files that `toc` does not name, `exclude`',
    checked: 'function',
  },
  find(folder) {
    const file = configIn(folder, /^myst\.ya?ml$/)
    if (!file) return null
    const config = dataConfigOf(file)
    const folders = memberOf(config, 'site', 'options', 'folders') === true
    const excluded = memberOf(config, 'project', 'exclude')
    const toc = memberOf(config, 'project', 'toc')
    const own: Own = {
      routes: Array.isArray(toc) ? routesOf(itemsOf(toc, folder), folder.path, folders) : null,
      folders,
      excluded: [excluded].flat().filter((glob): glob is string => typeof glob === 'string'),
    }
    return {
      foundIn: file.path,
      config: {
        roots: [{path: '', base: ''}],
        params: plainValues(memberOf(config, 'project', 'substitutions')),
        languages: {default: languageTag(memberOf(config, 'project', 'language'))},
        own,
      },
    }
  },
  conventions: {routeEnd: 'bare'},
  anchors: {
    // Its functions `normalizeLabel` and `createHtmlId`; repeated headings have the same id.
    slug: (text) =>
      text
        .replace(/['‘’"“”]+/g, '')
        .trim()
        .toLowerCase()
        .replace(/[\t\n\r ]+/g, ' ')
        .replace(/[^a-z0-9-]/g, '-')
        .replace(/^([0-9-])/, 'id-$1')
        .replace(/-{2,}/g, '-'),
    unique: (slug) => slug,
    avoidsExplicit: false,
  } satisfies AnchorRule,
  hasSharedAnchors: true,
  mdx: 'never',
  dialects: [values],
  syntax: {mystLines: true},
  routeOf(file, site) {
    const {routes = null, folders = false} = site.own as Partial<Own>
    const route = routes?.[file.path] ?? routeOfSegments(file.segments, folders)
    return routeWithEnd(joinRoute(file.base, route === 'index' ? '' : route), 'bare', false)
  },
  paramsOf: ({frontMatter: {data}}) => plainValues(data['substitutions']),
  // A table of contents names all pages, wherever they are.
  staysInRoots: (site) => (site.own as Partial<Own>).routes === null,
  setAside({path, segments}, site) {
    const {routes = null, excluded = []} = site.own as Partial<Own>
    if (segments[0] === '_build') return {rule: 'partial', reason: '_build holds what mystmd has made'}
    const below = [...segments.slice(0, -1), posix.basename(path)].join('/')
    if (matchesAny(below, excluded)) return {rule: 'hidden', reason: 'the configuration excludes it'}
    return routes === null || Object.hasOwn(routes, path)
      ? null
      : {rule: 'partial', reason: 'the table of contents does not name it'}
  },
  navigation(folder) {
    const file = configIn(folder, /^myst\.ya?ml$/)
    const toc = file && memberOf(dataConfigOf(file), 'project', 'toc')
    return Array.isArray(toc) ? itemsOf(toc, folder) : null
  },
}

const maxDepth = 12

function itemsOf(entries: readonly unknown[], folder: ProjectFolder, depth = 0): NavigationItem[] {
  if (depth > maxDepth) return []
  return entries.filter(isRecord).flatMap((entry): NavigationItem[] => {
    const children = entry['children']
    const items = Array.isArray(children) ? itemsOf(children, folder, depth + 1) : []
    if (typeof entry['pattern'] === 'string') return matchingFiles(entry['pattern'], folder)
    const file = typeof entry['file'] === 'string' ? posix.join(folder.path, entry['file']) : null
    const title = textOr(entry['title'], '') || null
    return file === null && items.length === 0 ? [] : [{title, path: file, items}]
  })
}

const maxFolders = 2000

function matchingFiles(pattern: string, folder: ProjectFolder): NavigationItem[] {
  const found: string[] = []
  const waiting = ['']
  for (let n = 0; n < waiting.length && n < maxFolders; n++)
    for (const name of folder.list(waiting[n]!)) {
      const path = posix.join(waiting[n]!, name)
      if (name.endsWith('/')) waiting.push(path.slice(0, -1))
      else if (matchesAny(path, [pattern])) found.push(path)
    }
  return found.map((path) => ({title: null, path: posix.join(folder.path, path), items: []}))
}

/** The first page is the home page; a name that another page has gets a number. */
function routesOf(items: readonly NavigationItem[], home: string, folders: boolean): Record<string, string> {
  const routes: Record<string, string> = {}
  const counts = new Map<string, number>()
  const visit = (item: NavigationItem): void => {
    if (item.path !== null && !Object.hasOwn(routes, item.path)) {
      const below = (home === '' ? item.path : item.path.slice(home.length + 1)).replace(/\.\w+$/, '')
      const route = routeOfSegments(below.split('/'), folders)
      const count = counts.get(route) ?? 0
      counts.set(route, count + 1)
      const isFirst = Object.keys(routes).length === 0
      routes[item.path] = isFirst ? '' : count === 0 ? route : `${route}-${count}`
    }
    item.items.forEach(visit)
  }
  items.forEach(visit)
  return routes
}

function routeOfSegments(segments: readonly string[], folders: boolean): string {
  const names = (folders ? segments : segments.slice(-1)).map(slugOf)
  return (names.length > 1 && names.at(-1) === 'index' ? names.slice(0, -1) : names).join('/')
}

/** Its function `createSlug`. */
function slugOf(name: string): string {
  const isYear = /^[12]\d{3}(?!\d)/.test(name) || /^\d{5}/.test(name)
  const bare = (isYear ? '' : name.replace(/^[\d_.-]+/, '')) || name
  return bare
    .replaceAll('&', '¶and¶')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 50)
}
