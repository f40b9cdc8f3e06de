import {posix} from 'node:path'
import type {Generator, SiteFile} from '../generator.ts'
import type {AnchorRule} from '../shared/anchor-rules.ts'
import {dashed} from '../shared/anchor-rules.ts'
import {joinRoute} from '../shared/join-route.ts'
import {itemsOfLinks} from '../shared/link-lists.ts'
import type {ProjectFolder} from '../shared/project-folder.ts'
import type {Site} from '../site.ts'
import {doccSyntax} from './syntax.ts'

/** A `.docc` folder. */
type Catalog = {
  readonly path: string
  /** As it is shown, which is a part of all addresses. */
  readonly name: string
  /** Files, without their extension, that are the first page of a technology. */
  readonly roots: readonly string[]
}

type Own = {readonly catalogs: readonly Catalog[]}

/** DocC, the documentation compiler of Swift. */
export const docc: Generator = {
  name: 'docc',
  title: 'DocC',
  about: {
    foundBy: 'a folder `*.docc`',
    routes: '`/documentation/`, the catalogue’s name, the file’s name',
    anchors: 'its own',
    order: 'topics',
    syntaxes: '`<doc:…>`, `@Metadata` and other directives, asides',
    setAside: 'nothing else',
    checked: 'function',
  },
  find(folder) {
    const isCatalog = folder.path.endsWith('.docc')
    const found = isCatalog ? [''] : folder.list().filter((name) => name.endsWith('.docc/'))
    if (found.length === 0) return null
    const paths = found.map((name) => name.replace(/\/$/, ''))
    const catalogs = paths.map((path) => catalogOf(folder, path))
    const own: Own = {catalogs}
    return {
      foundIn: isCatalog ? null : paths[0]!,
      config: {
        roots: paths.map((path) => ({path, base: '/documentation'})),
        params: articlesIn(folder, paths),
        own,
      },
    }
  },
  conventions: {routeEnd: 'bare'},
  anchors: {
    // Its function `urlReadableFragment`.
    slug: (text) =>
      text
        .trim()
        .split(/[\s\-\u2013\u2014]+/)
        .filter((part) => part !== '')
        .join('-')
        .replace(/[^\P{P}-]|`/gu, ''),
    unique: dashed(),
    avoidsExplicit: false,
  } satisfies AnchorRule,
  mdx: 'never',
  dialects: [doccSyntax],
  routeOf,
  navigation(folder, site) {
    const {catalogs = []} = site.own as Partial<Own>
    const items = catalogs.flatMap((catalog) =>
      catalog.roots.flatMap((root) => {
        const text = folder.read(posix.join(posix.relative(site.folder, catalog.path), `${root}.md`)) ?? ''
        const topics = text.slice(Math.max(0, text.search(/^## Topics/m)))
        const linked = topics.replace(
          /<doc:([^>\s]+)>/g,
          (_, name: string) => `[](${site.params[`doc:${name}`] ?? ''})`,
        )
        return itemsOfLinks(linked.replace(/^## Topics.*$/m, ''), '')
      }),
    )
    return items.length > 0 ? items.map(withoutEmptyTitles) : null
  },
}

function withoutEmptyTitles(item: ReturnType<typeof itemsOfLinks>[number]): typeof item {
  return {...item, title: item.title || null, items: item.items.map(withoutEmptyTitles)}
}

function catalogOf(folder: ProjectFolder, path: string): Catalog {
  const info = folder.read(posix.join(path, 'Info.plist')) ?? ''
  const shown = /<key>CFBundleDisplayName<\/key>\s*<string>([^<]*)<\/string>/.exec(info)?.[1]
  const home = posix.join(folder.path, path)
  const name = shown || posix.basename(home, '.docc')
  const roots = folder
    .list(path)
    .filter(
      (file) => file.endsWith('.md') && /@TechnologyRoot\b/.test(folder.read(posix.join(path, file)) ?? ''),
    )
    .map((file) => file.slice(0, -3))
  return {path: home, name, roots}
}

const maxFolders = 2000

/** The paths of articles, as values by the names that `<doc:Name>` links to them with. */
function articlesIn(folder: ProjectFolder, paths: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  const waiting = [...paths]
  for (let n = 0; n < waiting.length && n < maxFolders; n++)
    for (const name of folder.list(waiting[n]!)) {
      const path = posix.join(waiting[n]!, name)
      if (name.endsWith('/')) waiting.push(path.slice(0, -1))
      else if (name.endsWith('.md')) found[`doc:${name.slice(0, -3)}`] ??= posix.join(folder.path, path)
    }
  return found
}

/** Articles are below their catalogue's name whatever folder they are in; addresses are in lower case. */
function routeOf({path, segments, base}: SiteFile, site: Site): string {
  const {catalogs = []} = site.own as Partial<Own>
  const name = segments.at(-1)!
  const catalog = catalogs.find((known) => path.startsWith(`${known.path}/`))
  if (!catalog) return joinRoute(base, ...segments)
  const isRoot = catalog.roots.includes(name) || name === catalog.name
  const parts = isRoot ? [name] : [catalog.name, name]
  return joinRoute(base, ...parts.map(readable)).toLowerCase()
}

/** Its function `urlReadablePath`. */
function readable(name: string): string {
  return name.replace(/[^A-Za-z0-9!$&'()*+,./:;=@_~-]/g, '-')
}
