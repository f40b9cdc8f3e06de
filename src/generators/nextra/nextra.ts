import {posix} from 'node:path'
import type {Generator, SiteFile} from '../generator.ts'
import {type AnchorRule, githubAnchors} from '../shared/anchor-rules.ts'
import {textOr} from '../shared/config-values.ts'
import {joinRoute} from '../shared/join-route.ts'
import {languageTag} from '../shared/languages.ts'
import {isGroup, nextConfig} from '../shared/next-config.ts'
import type {ProjectFolder} from '../shared/project-folder.ts'
import {routeWithEnd} from '../shared/routes.ts'
import {hiddenByFrontMatter, outsidePages, partial} from '../shared/set-aside.ts'
import type {PageRoot, Site} from '../site.ts'
import {nextraNavigation} from './navigation.ts'

/** By `remarkHeadings`. */
const anchors: AnchorRule = {...githubAnchors, slugsExplicit: true, skipsFirstLevel: true}

/** Nextra 2 to 4: pages router, app router and the folder `content`. */
export const nextra: Generator = {
  name: 'nextra',
  title: 'Nextra',
  about: {
    foundBy: '`next.config.*` with `nextra`',
    routes: '`pages/`, `app/**/page.mdx`, `content/`, `basePath`, `trailingSlash`, groups, locales',
    anchors: 'GitHub’s, of ids that authors set too',
    order: '`_meta.*`, `_meta.global.*`',
    syntaxes: 'MDX components, `[#id]`',
    setAside: '`draft`, `searchable: false`, files of `app/` that are no pages',
    checked: 'built',
  },
  find(folder) {
    const next = nextConfig(folder)
    if (!next || !/['"`]nextra['"`]/.test(next.file.text)) return null
    const {base, locales, defaultLocale} = next
    const contentBase = textOr(/contentDirBasePath\s*:\s*['"]([^'"]*)['"]/.exec(next.file.text)?.[1], '')
    const roots = rootsIn(folder, base, contentBase)
    return {
      foundIn: next.file.path,
      config: {
        base,
        roots,
        routeEnd: next.hasSlash ? 'slash' : 'bare',
        ...(locales.length > 0 ? {languages: languagesOf(roots, locales, defaultLocale)} : {}),
        own: {locales: [...locales], defaultLocale},
      },
    }
  },
  conventions: {
    roots: [
      {path: 'content', base: ''},
      {path: 'pages', base: ''},
      {path: 'app', base: ''},
    ],
    routeEnd: 'bare',
  },
  anchors,
  keepsLetterCase: true,
  mdx: 'always',
  routeOf(file, site) {
    const {segments, locale} = localised(file, site)
    const kind = folderOf(file, site)
    const parts =
      kind === 'app'
        ? segments.slice(0, -1).filter((name) => !isGroup(name))
        : segments.at(-1) === 'index'
          ? segments.slice(0, -1)
          : segments
    const below = kind === 'content' ? file.base : joinRoute(file.base, locale)
    return routeWithEnd(joinRoute(below, ...parts), site.routeEnd, false)
  },
  setAside(file, site) {
    const {segments} = file
    const kind = folderOf(file, site)
    const isPart =
      kind === 'app' && (segments.at(-1) !== 'page' || segments.some((name) => /^[_[]/.test(name)))
    return (
      outsidePages(file, site) ??
      (isPart ? partial('in app/, only page.md and page.mdx are pages') : null) ??
      (kind === 'pages' && segments.length === 1 && /^_(?:app|document|error)$/.test(segments[0]!)
        ? partial('Next.js makes no page of it')
        : null) ??
      hiddenByFrontMatter(file, 'searchable', false)
    )
  },
  navigation: nextraNavigation,
}

function rootsIn(folder: ProjectFolder, base: string, contentBase: string): PageRoot[] {
  const found = ['', 'src'].flatMap((home) => {
    const names = folder.list(home)
    return ['content', 'pages', 'app']
      .filter((name) => names.includes(`${name}/`))
      .map((name) => ({
        path: posix.join(home, name),
        base: name === 'content' ? joinRoute(base, contentBase) : base,
      }))
  })
  return found.length > 0 ? found : [{path: 'pages', base}]
}

/** Nextra 4 has a folder for each locale in `content`; before, locales stand before the extension. */
function languagesOf(
  roots: readonly PageRoot[],
  locales: readonly string[],
  defaultLocale: string | null,
): Partial<Site['languages']> {
  const contents = roots.filter(({path}) => /(?:^|\/)content$/.test(path))
  return {
    default: languageTag(defaultLocale ?? locales[0]),
    folders: Object.fromEntries(
      contents.flatMap(({path}) => locales.map((name) => [`${path}/${name}`, languageTag(name)!])),
    ),
    endings: [...locales],
  }
}

function folderOf({path}: SiteFile, site: Site): 'app' | 'pages' | 'content' | null {
  const root = site.roots.find((candidate) => path.startsWith(`${candidate.path}/`))?.path
  return (root === undefined ? null : posix.basename(root)) as 'app' | 'pages' | 'content' | null
}

/** The path without the locale in its name, and the locale's part of the route: none for the default. */
function localised(
  {segments}: SiteFile,
  {own}: Site,
): {readonly segments: readonly string[]; readonly locale: string} {
  const locales = Array.isArray(own['locales']) ? own['locales'] : []
  const match = /^(.+)\.([\w-]+)$/.exec(segments.at(-1)!)
  if (!match || !locales.includes(match[2]!)) return {segments, locale: ''}
  const isDefault = match[2] === own['defaultLocale']
  return {segments: [...segments.slice(0, -1), match[1]!], locale: isDefault ? '' : match[2]!}
}
