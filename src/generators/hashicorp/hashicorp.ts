import {posix} from 'node:path'
import {alerts, atIncludes} from '../../markdown/dialect-kit.ts'
import type {Generator, NavigationItem} from '../generator.ts'
import {dashed} from '../shared/anchor-rules.ts'
import {isRecord, textOr} from '../shared/config-values.ts'
import {routeByPath} from '../shared/routes.ts'
import {outsidePages, partial} from '../shared/set-aside.ts'
import {headingAliases} from './syntax.ts'

const navigationFile = /^[\w-]*nav-data\.json$/

/** The documentation of HashiCorp's products: `content/` with `data/*-nav-data.json`. */
export const hashicorp: Generator = {
  name: 'hashicorp',
  title: 'HashiCorp’s MDX',
  about: {
    foundBy: '`data/*-nav-data.json` beside `content/`',
    routes: 'the path below `content/`',
    anchors: '`@hashicorp/remark-plugins`’',
    order: '`*-nav-data.json`',
    syntaxes: 'MDX, `@include`, `~>` and `->` alerts, `((#alias))`',
    setAside: '`partials/`',
    checked: 'function',
  },
  find(folder) {
    if (!folder.list().includes('content/') || !folder.list().includes('data/')) return null
    const file = folder.list('data').find((name) => navigationFile.test(name))
    return file === undefined
      ? null
      : {foundIn: `data/${file}`, config: {roots: [{path: 'content', base: ''}]}}
  },
  conventions: {roots: [{path: 'content', base: ''}], routeEnd: 'bare'},
  anchors: {
    slug: (text) =>
      text
        .toLowerCase()
        .trim()
        .replace(/<\/?[^<>]*>/g, '')
        .replace(/\(\(#[^()]*\)\)/g, '')
        .replace(/\W+/g, '-')
        .replace(/-+/g, '-')
        .replace(/^-|-$/g, ''),
    unique: dashed(),
    avoidsExplicit: false,
  },
  keepsLetterCase: true,
  mdx: 'always',
  dialects: [atIncludes, alerts, headingAliases],
  routeOf: (file, site) => routeByPath(file, site, {isIndex: (segments) => segments.at(-1) === 'index'}),
  setAside: (file, site) =>
    outsidePages(file, site) ??
    (file.segments[0] === 'partials' ? partial('files in partials/ are parts of other pages') : null),
  navigation(folder, site) {
    const found = folder
      .list('data')
      .filter((name) => navigationFile.test(name))
      .flatMap((name) => {
        const home = posix.join(site.folder, 'content', name.replace(/-?nav-data\.json$/, ''))
        return routesOf(jsonOf(folder.read(`data/${name}`)), home, 0)
      })
    return found.length > 0 ? found : null
  },
}

function routesOf(routes: unknown, home: string, depth: number): NavigationItem[] {
  if (!Array.isArray(routes) || depth > 12) return []
  return routes.flatMap((route): NavigationItem[] => {
    if (!isRecord(route)) return []
    const title = textOr(route['title'], '').replace(/<[^<>]*>/g, '') || null
    const path = typeof route['path'] === 'string' ? posix.join(home, route['path']) : null
    const items = routesOf(route['routes'], home, depth + 1)
    return path === null && items.length === 0 ? [] : [{title, path, items}]
  })
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}
