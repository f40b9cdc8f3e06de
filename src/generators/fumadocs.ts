import {posix} from 'node:path'
import {titleOfName} from '../lib/markdown-name.ts'
import {
  attributeOf,
  codeInclude,
  type Dialect,
  include,
  includeInLine,
  type Reading,
  tagAt,
} from '../markdown/dialect-kit.ts'
import type {Generator, NavigationItem, SiteFile} from './generator.ts'
import {githubAnchors} from './shared/anchor-rules.ts'
import {folderPath, isRecord, textOr} from './shared/config-values.ts'
import {joinRoute} from './shared/join-route.ts'
import {languageTag} from './shared/languages.ts'
import {isGroup, nextConfig} from './shared/next-config.ts'
import {describedOpening} from './shared/openings.ts'
import {dependencyIn} from './shared/package-file.ts'
import {configIn, type ProjectFolder} from './shared/project-folder.ts'
import {routeWithEnd} from './shared/routes.ts'
import {outsidePages} from './shared/set-aside.ts'
import type {PageRoot, Site, SiteConfig} from './site.ts'

/** Included files: `<include>./part.mdx#section</include>`, and code with `lang`. */
const fileIncludes: Dialect = {
  name: 'fumadocs-includes',
  text: [{starts: '<', read: readInclude}],
}

function readInclude(reading: Reading): boolean {
  const {at, write} = reading
  const tag = at.text.startsWith('<include', at.p) ? tagAt(at.text, at.p) : null
  if (tag?.name !== 'include' || tag.kind !== 'open') return false
  const found = /^\s*([^\s<>{}][^<>{}\n]*?)\s*<\/include>/.exec(at.text.slice(tag.end, tag.end + 1000))
  if (!found) return false
  // Below the project's folder instead of beside the page.
  const isBelowFolder = tag.attributes.some(({name}) => name === 'cwd')
  const file = isBelowFolder ? `/${found[1]!.replace(/^\.?\//, '')}` : found[1]!
  const language = attributeOf(tag, 'lang')
  const title = /\btitle=["']([^"']+)["']/.exec(attributeOf(tag, 'meta') ?? '')?.[1] ?? null
  const isProse = language === null && /\.mdx?(?:#|$)/.test(file)
  const isAlone = !write.hasContent && !write.isOneLine
  at.advance(tag.end + found[0].length)
  if (!isProse && isAlone) codeInclude(reading, file, {language, title})
  else if (isAlone) include(reading, file, 'include')
  else includeInLine(reading, file, 'include')
  return true
}

/** Fumadocs. */
export const fumadocs: Generator = {
  name: 'fumadocs',
  title: 'Fumadocs',
  about: {
    foundBy: '`source.config.*`, or `package.json` with `fumadocs-core`',
    routes: 'folders of `defineDocs`, `baseUrl` of `loader`, `(group)` folders, languages, `basePath`',
    anchors: 'GitHub’s',
    order: '`meta.json`',
    syntaxes: 'MDX components, `<include>`, type tables, `[#id]`',
    setAside: '`draft`',
    checked: 'function',
  },
  find(folder) {
    const file = configIn(folder, /^source\.config\.(?:ts|js|mts|mjs)$/)
    if (!file && dependencyIn(folder, 'fumadocs-core') === null) return null
    const next = nextConfig(folder)
    const source = sourceFile(folder)
    const path = /\bdefineDocs\(\s*\{[\s\S]{0,400}?\bdir\s*:\s*['"]([^'"]+)/.exec(file?.text ?? '')?.[1]
    const docs = folderPath(path ?? 'content/docs')
    if (folder.list(posix.dirname(docs)).length === 0) return null
    const base = /\bbaseUrl\s*:\s*['"]([^'"]*)['"]/.exec(source)?.[1] ?? '/docs'
    const start = next?.base ?? ''
    return {
      foundIn: file?.path ?? 'package.json',
      config: {
        base: start,
        roots: rootsOf(docs, folder, joinRoute(start, base), start),
        routeEnd: next?.hasSlash ? 'slash' : 'bare',
        ...languagesOf(folder, source, docs),
      },
    }
  },
  conventions: {roots: [{path: 'content/docs', base: '/docs'}], routeEnd: 'bare'},
  anchors: githubAnchors,
  keepsLetterCase: true,
  mdx: 'always',
  dialects: [fileIncludes],
  openingOf: describedOpening,
  routeOf(file, site) {
    const {segments, locale} = localised(file, site)
    const parts = segments.filter((name, index) => !(isGroup(name) && index < segments.length - 1))
    const isFolder = parts.at(-1) === 'index'
    const below = file.base.slice(site.base.length)
    const route = joinRoute(site.base, locale, below, ...(isFolder ? parts.slice(0, -1) : parts))
    return routeWithEnd(route, site.routeEnd, isFolder)
  },
  setAside: outsidePages,
  navigation(folder, site) {
    const home = site.roots[0]!.path
    const items = itemsIn(folder, site, posix.relative(site.folder || '.', home), 0)
    return items.length > 0 ? items : null
  },
}

/** The file that calls `loader`, by the conventions of its templates; empty without one. */
function sourceFile(folder: ProjectFolder): string {
  for (const home of ['lib', 'src/lib', 'app', 'app/lib', 'src', 'src/app', 'lib/source', 'src/lib/source']) {
    const file = configIn(folder, /^(?:source|index)\.tsx?$/, home)
    if (file && /\bloader\s*\(/.test(file.text)) return file.text
  }
  return ''
}

/** Other folders of `content`, such as the blog, are below routes of their own names. */
function rootsOf(docs: string, folder: ProjectFolder, base: string, start: string): PageRoot[] {
  const home = posix.dirname(docs)
  if (home === '.') return [{path: docs, base}]
  const others = folder
    .list(home)
    .filter((name) => name.endsWith('/') && name.slice(0, -1) !== posix.basename(docs))
    .map((name) => ({path: `${home}/${name.slice(0, -1)}`, base: joinRoute(start, name)}))
  return [{path: docs, base}, ...others]
}

/** By `defineI18n`: languages stand before the extension, or are folders; the default may be left out of routes. */
function languagesOf(
  folder: ProjectFolder,
  source: string,
  docs: string,
): Pick<SiteConfig, 'languages' | 'own'> {
  const text = /\bi18n\b/.test(source) ? i18nFile(folder) : null
  if (text === null) return {}
  const list = /\blanguages\s*:\s*\[([^\]]{0,2000})\]/.exec(text)?.[1] ?? ''
  const languages = [...list.matchAll(/['"]([\w-]+)['"]/g)].map((match) => match[1]!)
  const main = /\bdefaultLanguage\s*:\s*['"]([\w-]+)['"]/.exec(text)?.[1] ?? null
  const hides = /\bhideLocale\s*:\s*['"]([\w-]+)['"]/.exec(text)?.[1] ?? 'never'
  const isFolders = /\bparser\s*:\s*['"]dir['"]/.test(text)
  const tags = languages.flatMap((name) =>
    tagOf(name) === null ? [] : [[`${docs}/${name}`, tagOf(name)!] as const],
  )
  return {
    languages: {
      default: main === null ? null : tagOf(main),
      folders: isFolders ? Object.fromEntries(tags) : {},
      endings: isFolders ? [] : languages.filter((name) => tagOf(name) !== null),
    },
    own: {locales: languages, defaultLocale: main, hides},
  }
}

/** Its examples call Chinese `cn`. */
function tagOf(name: string): string | null {
  return languageTag(name === 'cn' ? 'zh' : name)
}

function i18nFile(folder: ProjectFolder): string | null {
  for (const home of ['lib', 'src/lib', 'app/lib', 'app', 'src']) {
    const file = configIn(folder, /^i18n\.tsx?$/, home)
    if (file) return file.text
  }
  return null
}

/** The path without its language, and the language's part of the route. */
function localised(
  {segments}: SiteFile,
  {own}: Site,
): {readonly segments: readonly string[]; readonly locale: string} {
  const locales = Array.isArray(own['locales']) ? own['locales'] : []
  if (locales.length === 0) return {segments, locale: ''}
  const main = textOr(own['defaultLocale'], '')
  const inRoute = (name: string): string =>
    own['hides'] === 'always' || (own['hides'] === 'default-locale' && name === main) ? '' : name
  if (locales.includes(segments[0]!) && segments.length > 1)
    return {segments: segments.slice(1), locale: inRoute(segments[0]!)}
  const match = /^(.+)\.([\w-]+)$/.exec(segments.at(-1)!)
  if (!match || !locales.includes(match[2]!)) return {segments, locale: inRoute(main)}
  return {segments: [...segments.slice(0, -1), match[1]!], locale: inRoute(match[2]!)}
}

/**
 * By the files `meta.json`: names of pages and folders, `---Separator---`, `...` for the rest, `z...a` for the rest from
 * the end, `...folder` for its items, `!name` for what the rest leaves out.
 */
function itemsIn(folder: ProjectFolder, site: Site, path: string, depth: number): NavigationItem[] {
  if (depth > 12) return []
  const names = folder.list(path)
  const entries = names.flatMap((name) =>
    /\.mdx?$|\/$/.test(name) ? [name.replace(/\.mdx?$|\/$/g, '')] : [],
  )
  const pages = metaOf(folder, path)['pages']
  const listed = (Array.isArray(pages) ? pages.filter((name) => typeof name === 'string') : ['...']).map(
    (name) => name.replace(/^\.\//, ''),
  )
  const named = new Set(listed.map((name) => name.replace(/^(?:\.\.\.|!)(?=.)/, '')))
  const rest = [...new Set(entries)].filter((name) => !named.has(name))
  const ordered = listed.flatMap((name) =>
    name === '...' ? rest : name === 'z...a' ? [...rest].reverse() : [name],
  )
  return [...new Set(ordered)].flatMap((name): NavigationItem[] => {
    const isSpread = name.startsWith('...') && name.length > 3
    const entry = posix.join(path, isSpread ? name.slice(3) : name)
    if (names.includes(`${isSpread ? name.slice(3) : name}/`)) {
      const items = itemsIn(folder, site, entry, depth + 1)
      const title = textOr(metaOf(folder, entry)['title'], '') || (isGroup(name) ? null : titleOfName(name))
      return isSpread ? items : [{title, path: null, items}]
    }
    return entries.includes(name) ? [{title: null, path: posix.join(site.folder, entry), items: []}] : []
  })
}

function metaOf(folder: ProjectFolder, path: string): Readonly<Record<string, unknown>> {
  try {
    const text = folder.list(path).includes('meta.json') ? folder.read(posix.join(path, 'meta.json')) : null
    const data: unknown = text === null ? null : JSON.parse(text)
    return isRecord(data) ? data : {}
  } catch {
    return {}
  }
}
