import {posix} from 'node:path'
import {alerts} from '../../markdown/dialect-kit.ts'
import type {Generator, NavigationItem} from '../generator.ts'
import {type AnchorRule, dashed} from '../shared/anchor-rules.ts'
import {folderPath} from '../shared/config-values.ts'
import {joinRoute} from '../shared/join-route.ts'
import {configIn} from '../shared/project-folder.ts'
import {besidePages, partial} from '../shared/set-aside.ts'
import {docsifySyntax} from './syntax.ts'

/** Docsify: pages are turned into HTML in the browser, which finds them by the part of the address after `#`. */
export const docsify: Generator = {
  name: 'docsify',
  title: 'Docsify',
  about: {
    foundBy: '`index.html` with `$docsify`',
    routes: '`#/page?id=section`; `basePath`, `routerMode`, `homepage`',
    anchors: 'those of version 4 or 5, by the script’s address',
    order: '`_sidebar.md`',
    syntaxes: '`:id=`, `!>`, `?>`, embedded files, `{docsify-ignore}`',
    setAside: 'files that begin with `_`',
    checked: 'function',
  },
  find(folder) {
    const file = configIn(folder, /^index\.html$/)
    if (!file || !/\$docsify\b|\/docsify(?:@[\w.^~-]+)?\//.test(file.text)) return null
    const setting = (name: string): string | null =>
      new RegExp(`\\b${name}\\s*:\\s*(['"])([^'"\\n]*)\\1`).exec(file.text)?.[2] ?? null
    const path = setting('basePath') ?? ''
    return {
      foundIn: file.path,
      config: {
        roots: [{path: /^(?:[a-z]+:|\/)/i.test(path) ? '' : folderPath(path), base: ''}],
        own: {
          hash: setting('routerMode') !== 'history',
          version: /docsify@5/.test(file.text) ? 5 : 4,
          homepage: (setting('homepage') ?? 'README.md').replace(/\.md$/, ''),
        },
      },
    }
  },
  conventions: {roots: [{path: 'docs', base: ''}], routeEnd: 'bare'},
  anchors: (site) => (site.own['version'] === 5 ? version5 : version4),
  mdx: 'never',
  dialects: [docsifySyntax, alerts],
  routeOf({segments}, site) {
    const page = segments.join('/')
    const isHome = page === (site.own['homepage'] ?? 'README')
    const isFolder = segments.at(-1) === 'README'
    const path = joinRoute(...(isHome || isFolder ? segments.slice(0, -1) : segments))
    const route = isHome || isFolder ? `${path}/` : path
    return site.own['hash'] === false ? route : `/#${route}`
  },
  setAside: (file, site) =>
    besidePages(file, site) ??
    (file.segments.at(-1)!.startsWith('_')
      ? partial('files that begin with _ are parts of the site’s frame')
      : null),
  navigation(folder, site) {
    const home = site.roots[0]?.path ?? ''
    const below = home === site.folder ? '' : posix.relative(site.folder, home)
    const text = folder.read(posix.join(below, '_sidebar.md'))
    return text === null ? null : listItems(text, (link) => fileOf(link, home))
  },
}

const marks = /[\u2000-\u206F\u2E00-\u2E7F\\'!"#$%&()*+,./:;<=>?@[\]^`{|}~]/g

function docsifySlug(text: string): string {
  return text
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .replace(/<[^<>]+>/g, '')
    .replace(marks, '')
    .replace(/\s/g, '-')
}

function withUnderscore(slug: string): string {
  return slug.replace(/^(\d)/, '_$1')
}

const version4: AnchorRule = {
  slug: (text) => withUnderscore(docsifySlug(text.trim()).replace(/-+/g, '-')),
  unique: dashed(),
  avoidsExplicit: true,
}

const version5: AnchorRule = {
  slug: (text) =>
    withUnderscore(
      docsifySlug(
        text
          .trim()
          .normalize('NFC')
          .replace(/\uFE0F/g, '')
          .replace(/[\p{Emoji_Presentation}\p{Extended_Pictographic}]/gu, ''),
      ),
    ),
  unique: dashed(),
  avoidsExplicit: true,
}

/** The items of a Markdown list, by their indentation: `- Group`, `- [Title](file.md)`. */
export function listItems(text: string, fileOf: (link: string) => string | null): NavigationItem[] {
  const root: NavigationItem[] = []
  const open: {readonly indent: number; readonly items: NavigationItem[]}[] = [{indent: -1, items: root}]
  for (const line of text.split('\n').slice(0, 5000)) {
    const match = /^(\s*)[-*+]\s+(.*\S)/.exec(line)
    if (!match) continue
    const indent = match[1]!.replaceAll('\t', '    ').length
    while (open.at(-1)!.indent >= indent) open.pop()
    const link = /^\[([^[\]]*)\]\(\s*<?([^\s()<>]+)/.exec(match[2]!)
    const items: NavigationItem[] = []
    const title = (link ? link[1]! : match[2]!).replace(/[*_`]/g, '').trim()
    open.at(-1)!.items.push({title: title || null, path: link ? fileOf(link[2]!) : null, items})
    open.push({indent, items})
  }
  return root.filter(({path, items}) => path !== null || items.length > 0)
}

function fileOf(link: string, home: string): string | null {
  if (/^[a-z]+:/i.test(link)) return null
  const path = link
    .replace(/^\/?#?\/?/, '')
    .replace(/[?#].*$/, '')
    .replace(/\.md$/, '')
  return posix.join(home, path === '' || path.endsWith('/') ? `${path}README` : path)
}
