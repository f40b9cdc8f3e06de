import {withoutMarkdownEnding} from '../lib/markdown-name.ts'
import {githubAnchors} from './anchor-rules.ts'
import {folderPath, isRecord, memberOf, textOr} from './config-values.ts'
import type {Generator, SiteFile} from './generator.ts'
import {joinRoute} from './join-route.ts'
import {languageTag} from './languages.ts'
import {configIn} from './project-folder.ts'
import {routeByPath, standsForFolder} from './routes.ts'
import {scriptConfigOf} from './script-config.ts'
import type {PageRoot, Site} from './site.ts'

/** Docusaurus 2 and 3. */
export const docusaurus: Generator = {
  name: 'docusaurus',
  title: 'Docusaurus',
  about: {
    foundBy: '`docusaurus.config.*`',
    routes: '`baseUrl`, `routeBasePath`, `trailingSlash`, number prefixes, versions, translations, blog',
    anchors: 'GitHub’s',
    syntaxes: 'MDX, `:::` admonitions, tabs',
    setAside: '`draft`, `unlisted`; files and folders that begin with `_`',
    checked: 'built',
  },
  find(folder) {
    const file = configIn(folder, /^docusaurus\.config\.(?:js|ts|mjs|cjs|mts)$/)
    if (!file) return null
    const config = scriptConfigOf(file, folder)
    const base = textOr(memberOf(config, 'baseUrl'), '/')
    const locales = memberOf(config, 'i18n')
    return {
      foundIn: file.path,
      config: {
        base: joinRoute(base),
        roots: docsRoots(config, base),
        routeEnd: memberOf(config, 'trailingSlash') === true ? 'slash' : 'bare',
        languages: {default: languageTag(memberOf(locales, 'defaultLocale'))},
      },
    }
  },
  conventions: {roots: [{path: 'docs', base: '/docs'}], routeEnd: 'bare'},
  anchors: githubAnchors,
  keepsLetterCase: true,
  mdx: 'always',
  routeOf(file, site) {
    return routeByPath(placed(file, site), site, {segment: withoutNumber, isIndex})
  },
  setAside({path}) {
    return path.split('/').some((name) => name.startsWith('_'))
      ? {rule: 'partial', reason: 'files and folders that begin with _ are parts of other pages'}
      : null
  },
}

/** The folders of all docs plugins, those of presets included. */
function docsRoots(config: unknown, base: string): PageRoot[] {
  const presets = pluginsIn(memberOf(config, 'presets')).map(({options}) => memberOf(options, 'docs'))
  const plugins = pluginsIn(memberOf(config, 'plugins')).flatMap(({name, options}) =>
    /plugin-content-docs$/.test(name) ? [options] : [],
  )
  const roots = [...presets, ...plugins].filter(isRecord).map((docs) => ({
    path: folderPath(textOr(docs['path'], 'docs')),
    base: joinRoute(base, textOr(docs['routeBasePath'], 'docs')),
  }))
  return roots.length > 0 ? roots : [{path: 'docs', base: joinRoute(base, 'docs')}]
}

function pluginsIn(list: unknown): {readonly name: string; readonly options: unknown}[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry) =>
    Array.isArray(entry) ? [{name: String(entry[0]), options: entry[1] as unknown}] : [],
  )
}

/** The file with the segments and the base that its version, its language or the blog gives it. */
function placed(file: SiteFile, site: Site): SiteFile {
  const docs = site.roots[0]?.base ?? '/docs'
  const versioned = /(?:^|\/)versioned_docs\/version-([^/]+)\/(.*)$/.exec(file.path)
  if (versioned) return {...file, base: joinRoute(docs, versioned[1]!), segments: segmentsOf(versioned[2]!)}
  const translated =
    /(?:^|\/)i18n\/([^/]+)\/docusaurus-plugin-content-docs(?:-[^/]+)?\/(current|version-[^/]+)\/(.*)$/.exec(
      file.path,
    )
  if (translated) {
    const [, locale, version, rest] = translated as unknown as [string, string, string, string]
    const under = version === 'current' ? '' : version.slice('version-'.length)
    const below = docs.slice(site.base.length)
    return {...file, base: joinRoute(site.base, locale, below, under), segments: segmentsOf(rest)}
  }
  const blog = /(?:^|\/)blog\/(?:(\d{4})[-/](\d{2})[-/](\d{2})[-/])?(.*)$/.exec(file.path)
  if (blog && !site.roots.some(({path}) => file.path.startsWith(`${path}/`))) {
    const [, year, month, day, rest] = blog as unknown as [string, string, string, string, string]
    const date = year ? [year, month, day] : []
    return {...file, base: joinRoute(site.base, 'blog', ...date), segments: segmentsOf(rest)}
  }
  return file
}

function segmentsOf(path: string): string[] {
  return withoutMarkdownEnding(path).split('/')
}

function isIndex(segments: readonly string[]): boolean {
  const parent = segments.at(-2)
  return (
    standsForFolder(segments) ||
    (parent !== undefined && withoutNumber(segments.at(-1)!) === withoutNumber(parent))
  )
}

/** Docusaurus drops `01-` from names, but not from those that look like a version or a date. */
function withoutNumber(segment: string): string {
  if (/^\d+[-_.]\d+/.test(segment)) return segment
  return segment.replace(/^\d+\s*[-_.]+\s*(?=[^-_.\s])/, '')
}
