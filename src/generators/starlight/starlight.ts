import {posix} from 'node:path'
import {slug} from 'github-slugger'
import {astroConfig, collectionFolders} from '../astro/config.ts'
import type {Generator, NavigationItem, SiteFile} from '../generator.ts'
import {type AnchorRule, githubAnchors} from '../shared/anchor-rules.ts'
import {isRecord, memberOf, textOr} from '../shared/config-values.ts'
import {languageTag} from '../shared/languages.ts'
import {openingFrom} from '../shared/openings.ts'
import {dependencyIn} from '../shared/package-file.ts'
import {routeByPath} from '../shared/routes.ts'
import {besidePages, hiddenByFrontMatter, outsidePages, partial} from '../shared/set-aside.ts'
import type {Site} from '../site.ts'
import {cloudflareComponents} from './syntax.ts'

/** Astro removes a hyphen at the end, which a badge leaves. */
export const astroAnchors: AnchorRule = {...githubAnchors, finished: (id) => id.replace(/-$/, '')}

/** Starlight. */
export const starlight: Generator = {
  name: 'starlight',
  title: 'Starlight',
  about: {
    foundBy: '`astro.config.*` with `@astrojs/starlight`',
    routes: '`base`, `srcDir`, the folder of the docs collection, `trailingSlash`, `slug`, locales',
    anchors: 'GitHub’s',
    order: '`sidebar`, `sidebar.order`',
    syntaxes: '`:::` asides, MDX components, `<Render />` with the choices of its part, heroes',
    setAside: '`draft`, `pagefind: false`, files that begin with `_`',
    checked: 'built',
  },
  find(folder) {
    const astro = astroConfig(folder)
    if (!astro) return null
    const isStarlight =
      astro.file.text.includes('@astrojs/starlight') || dependencyIn(folder, '@astrojs/starlight') !== null
    if (!isStarlight) return null
    const {base, source, routeEnd, integrations} = astro
    const docs = collectionFolders(folder, source)['docs'] ?? posix.join(source, 'content/docs')
    return {
      foundIn: astro.file.path,
      config: {
        base,
        roots: [
          {path: docs, base},
          {path: posix.join(source, 'pages'), base},
        ],
        routeEnd,
        languages: languagesOf(starlightOptions(integrations), docs),
        own: {isCertain: folder.list(docs).length > 0},
      },
    }
  },
  conventions: {
    roots: [
      {path: 'src/content/docs', base: ''},
      {path: 'src/pages', base: ''},
    ],
    routeEnd: 'slash',
  },
  anchors: astroAnchors,
  mdx: 'maybe',
  dialects: [cloudflareComponents],
  routeOf: astroRoute,
  openingOf(frontMatter) {
    const {hero} = frontMatter.data
    return openingFrom(frontMatter, {
      headings: [memberOf(hero, 'title')],
      texts: [memberOf(hero, 'tagline')],
      actions: memberOf(hero, 'actions'),
    })
  },
  setAside: (file, site) =>
    (site.own['isCertain'] === true ? outsidePages : besidePages)(file, site) ??
    hiddenByFrontMatter(file, 'pagefind', false) ??
    noAstroPage(file),
  navigation(folder, site) {
    const options = starlightOptions(astroConfig(folder)?.integrations ?? [])
    const found = sidebarItems(memberOf(options, 'sidebar'), site)
    return found.length > 0 ? found : null
  },
  positionOf({frontMatter}) {
    const order = memberOf(frontMatter.data['sidebar'], 'order')
    return typeof order === 'number' ? order : null
  },
}

/** A file of a content collection: its `slug`, or its path as its loader `glob` makes an id of it. */
export function astroRoute(file: SiteFile, site: Site): string {
  return routeByPath(file, site, {
    segment: (name) => slug(name),
    slugFromBase: true,
    isIndex: (segments) => segments.at(-1) === 'index',
  })
}

export function noAstroPage({segments}: SiteFile): ReturnType<typeof partial> | null {
  const name = segments.at(-1)!
  if (name.startsWith('_')) return partial('files that begin with _ are parts of other pages')
  return segments.length === 1 && name === '404' ? partial('it stands for addresses without a page') : null
}

/** What `starlight({…})` was given: the integration with options that only it has. */
function starlightOptions(integrations: readonly unknown[]): unknown {
  const known = ['sidebar', 'locales', 'defaultLocale', 'customCss', 'editLink', 'social', 'title']
  const own = integrations
    .flat()
    .filter((options) => isRecord(options) && known.some((key) => key in options))
  return own[0]
}

function languagesOf(options: unknown, docs: string): Partial<Site['languages']> {
  const locales = memberOf(options, 'locales')
  if (!isRecord(locales)) return {}
  const tagOf = (name: string): string | null =>
    languageTag(memberOf(locales, name, 'lang')) ?? languageTag(name)
  const main = textOr(memberOf(options, 'defaultLocale'), 'root')
  const folders = Object.keys(locales).flatMap((name) => {
    const tag = tagOf(name)
    return name === 'root' || tag === null ? [] : [[`${docs}/${name}`, tag] as const]
  })
  return {
    default: languageTag(memberOf(locales, 'root', 'lang')) ?? tagOf(main),
    folders: Object.fromEntries(folders),
  }
}

function sidebarItems(items: unknown, site: Site, depth = 0): NavigationItem[] {
  if (!Array.isArray(items) || depth > 12) return []
  return items.flatMap((item): NavigationItem[] => {
    if (typeof item === 'string') return [{title: null, path: pathOf(item, site), items: []}]
    if (!isRecord(item)) return []
    const below = sidebarItems(item['items'], site, depth + 1)
    const title = textOr(item['label'], '') || null
    const folder = memberOf(item['autogenerate'], 'directory')
    if (typeof folder === 'string') return [{title, path: `${pathOf(folder, site)}/`, items: []}]
    const link = item['slug'] ?? item['link']
    const isPage = typeof link === 'string' && !/^[a-z]+:/i.test(link)
    return isPage || below.length > 0 ? [{title, path: isPage ? pathOf(link, site) : null, items: below}] : []
  })
}

function pathOf(link: string, site: Site): string {
  return posix.join(site.roots[0]?.path ?? '', link.replace(/[?#].*$/, '')).replace(/\/$/, '')
}
