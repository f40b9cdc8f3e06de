import {posix} from 'node:path'
import type {Generator, NavigationItem} from '../generator.ts'
import {githubAnchors} from '../shared/anchor-rules.ts'
import {folderPath, isRecord, memberOf, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {joinRoute} from '../shared/join-route.ts'
import {itemsOfLinks} from '../shared/link-lists.ts'
import {matchesAny} from '../shared/patterns.ts'
import {configIn, type ProjectFolder} from '../shared/project-folder.ts'
import {routeByPath} from '../shared/routes.ts'
import type {PageRoot} from '../site.ts'
import {docfxLines, docfxSyntax} from './syntax.ts'

/** An entry of `build.content`; its globs are below the site's folder, in lower case. */
type Content = {
  readonly files: readonly string[]
  readonly excluded: readonly string[]
}

type Own = {readonly content: readonly Content[]}

/** DocFX, and Microsoft Learn, which reads the same projects. */
export const docfx: Generator = {
  name: 'docfx',
  title: 'DocFX, Microsoft Learn',
  about: {
    foundBy: '`docfx.json`',
    routes: 'the path, `.html` but on Learn; `src` and `dest` of `content`',
    anchors: 'GitHub’s',
    order: '`toc.yml`',
    syntaxes: '`[!INCLUDE]`, `[!code]`, alerts, tabs, zones, `xref:`',
    setAside: '`includes/`, `toc`, what `content` does not name',
    checked: 'published',
  },
  find(folder) {
    const file = configIn(folder, /^docfx\.json$/)
    if (!file) return null
    const build = memberOf(dataConfigOf(file), 'build')
    const listed = memberOf(build, 'content')
    const entries = (Array.isArray(listed) ? listed : [listed]).filter(isRecord)
    const own: Own = {content: entries.map(contentOf)}
    return {
      foundIn: file.path,
      config: {
        roots: rootsOf(entries),
        routeEnd: isLearn(build) ? 'bare' : 'html',
        own,
      },
    }
  },
  conventions: {routeEnd: 'html'},
  anchors: githubAnchors,
  mdx: 'never',
  dialects: [docfxSyntax],
  dialectsElsewhere: [docfxLines],
  routeOf(file, site) {
    const named = {...file, frontMatter: {...file.frontMatter, slug: null}}
    return routeByPath(named, site, {isIndex: (segments) => /^index$/i.test(segments.at(-1) ?? '')})
  },
  // `content` names all pages, wherever they are.
  staysInRoots: (site) => (site.own as Partial<Own>).content?.length === 0,
  setAside({path, segments}, site) {
    if (/^toc$/i.test(segments.at(-1)!)) return {rule: 'partial', reason: 'it is a table of contents'}
    if (segments.slice(0, -1).some((name) => /^_?includes$/i.test(name)))
      return {rule: 'partial', reason: 'includes holds parts of other pages'}
    const {content = []} = site.own as Partial<Own>
    const below = posix.relative(site.folder, path).toLowerCase()
    const isNamed = content.some(
      ({files, excluded}) => matchesAny(below, files) && !matchesAny(below, excluded),
    )
    return content.length === 0 || isNamed ? null : {rule: 'partial', reason: 'docfx.json does not name it'}
  },
  navigation(folder, site) {
    const items = site.roots.flatMap(({path}) => tocItems(folder, posix.relative(site.folder, path), 0))
    return items.length > 0 ? items : null
  },
}

/** Learn's metadata, which other sites have no use for. */
function isLearn(build: unknown): boolean {
  const metadata = memberOf(build, 'globalMetadata')
  const names = Object.keys(isRecord(metadata) ? metadata : {})
  return names.some((name) => /^(?:breadcrumb_path|uhfHeaderId|feedback_system|ms\..+)$/.test(name))
}

function contentOf(entry: Readonly<Record<string, unknown>>): Content {
  const src = folderPath(textOr(entry['src'] ?? entry['cwd'], ''))
  const globs = (value: unknown): string[] =>
    (Array.isArray(value) ? value : [value])
      .filter((glob): glob is string => typeof glob === 'string')
      .map((glob) => posix.join(src, glob).toLowerCase())
  return {files: globs(entry['files']), excluded: globs(entry['exclude'])}
}

function rootsOf(entries: readonly Readonly<Record<string, unknown>>[]): PageRoot[] {
  const roots = entries
    .filter((entry) => JSON.stringify(entry['files'] ?? '').includes('.md'))
    .map((entry) => ({
      path: folderPath(textOr(entry['src'] ?? entry['cwd'], '')),
      base: joinRoute(textOr(entry['dest'], '')),
    }))
  return roots.length > 0 ? roots : [{path: '', base: ''}]
}

const maxDepth = 8
const maxItems = 20_000

/** The items of a folder's `toc.yml` or `toc.md`, which may take in those of other folders. */
function tocItems(folder: ProjectFolder, home: string, depth: number): NavigationItem[] {
  if (depth > maxDepth) return []
  const file = configIn(folder, /^toc\.(?:ya?ml|md)$/i, home)
  if (!file) return []
  const base = posix.join(folder.path, home)
  if (/\.md$/i.test(file.path)) return itemsOfLinks(file.text, base)
  const data = dataConfigOf({...file, path: 'toc.yml'})
  const listed = memberOf(data, 'items') ?? data
  return Array.isArray(listed) ? entriesOf(listed, {folder, home, depth}) : []
}

interface TocPlace {
  readonly folder: ProjectFolder
  readonly home: string
  readonly depth: number
}

function entriesOf(entries: readonly unknown[], place: TocPlace): NavigationItem[] {
  const {folder, home, depth} = place
  if (depth > maxDepth) return []
  return entries.slice(0, maxItems).flatMap((entry): NavigationItem[] => {
    if (!isRecord(entry)) return []
    const href = textOr(entry['topicHref'] ?? entry['href'], '').replace(/[?#].*$/s, '')
    const children = entry['items']
    const items = Array.isArray(children) ? entriesOf(children, {...place, depth: depth + 1}) : []
    const isOther = /^(?:[a-z][a-z0-9+.-]*:|\/|~|\.\.)/i.test(href)
    const nested = /^(.*\/)?(?:toc\.(?:ya?ml|md))?$/i.exec(textOr(entry['href'], ''))
    const isFolder = nested !== null && textOr(entry['href'], '') !== '' && !isOther
    const below = isFolder
      ? tocItems(folder, posix.join(home, nested[1] ?? '').replace(/^\.$|\/$/g, ''), depth + 1)
      : []
    const path = href === '' || isOther || /(?:\/|toc\.(?:ya?ml|md))$/i.test(href) ? null : href
    const title = textOr(entry['name'], '') || null
    const all = [...items, ...below]
    if (path === null && all.length === 0) return []
    return [{title, path: path === null ? null : posix.join(folder.path, home, path), items: all}]
  })
}
