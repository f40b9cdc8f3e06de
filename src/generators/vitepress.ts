import {posix} from 'node:path'
import {codeImports, commentIncludes, vuepressDialect} from '../markdown/dialect-kit.ts'
import type {Generator} from './generator.ts'
import {mditVueAnchors} from './shared/anchor-rules.ts'
import {folderPath, isRecord, memberOf, textOr, textsOf} from './shared/config-values.ts'
import {joinRoute} from './shared/join-route.ts'
import {languageTag} from './shared/languages.ts'
import {openingFrom} from './shared/openings.ts'
import {matchesAny} from './shared/patterns.ts'
import {type ConfigFile, configIn, type ProjectFolder} from './shared/project-folder.ts'
import {rewriterOf} from './shared/rewrites.ts'
import {routeWithEnd} from './shared/routes.ts'
import {scriptConfigOf} from './shared/script-config.ts'
import {besidePages, hiddenByFrontMatter, partial} from './shared/set-aside.ts'
import {sidebarItems} from './shared/vue-sidebars.ts'
import type {Site} from './site.ts'

/** VitePress. */
export const vitepress: Generator = {
  name: 'vitepress',
  title: 'VitePress',
  about: {
    foundBy: '`.vitepress/config.*`',
    routes: '`base`, `srcDir`, `cleanUrls`, `rewrites`, `locales`',
    anchors: '`@mdit-vue/shared`',
    order: '`sidebar`',
    syntaxes: '`:::` containers, code groups, code imports, `<!-- @include: -->`, Vue, home pages',
    setAside: '`draft`, `search: false`, `srcExclude`',
    checked: 'built',
  },
  find(folder) {
    const file = configOf(folder)
    if (!file) return null
    const config = scriptConfigOf(file, folder)
    const base = joinRoute(textOr(memberOf(config, 'base'), ''))
    const path = folderPath(textOr(memberOf(config, 'srcDir'), ''))
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [{path, base}],
        routeEnd: memberOf(config, 'cleanUrls') === true ? 'bare' : 'html',
        languages: languagesOf(config, path),
        own: {
          rewrites: textsIn(memberOf(config, 'rewrites')),
          excluded: textsOf(memberOf(config, 'srcExclude')),
        },
      },
    }
  },
  conventions: {
    roots: [
      {path: 'docs', base: ''},
      {path: 'src', base: ''},
    ],
    routeEnd: 'html',
  },
  anchors: mditVueAnchors,
  keepsLetterCase: true,
  mdx: 'never',
  dialects: [vuepressDialect],
  dialectsElsewhere: [codeImports, commentIncludes],
  syntax: {templates: true, vue: true},
  routeOf({segments, base}, site) {
    const path = rewriterOf(site.own['rewrites'])(`${segments.join('/')}.md`).replace(/\.md$/, '')
    const isFolder = /(?:^|\/)index$/.test(path)
    const route = joinRoute(base, isFolder ? path.slice(0, -'index'.length) : path)
    return routeWithEnd(route, isFolder && site.routeEnd === 'bare' ? 'slash' : site.routeEnd, isFolder, '')
  },
  openingOf(frontMatter) {
    const {layout, hero, features} = frontMatter.data
    if (layout !== 'home') return null
    return openingFrom(frontMatter, {
      headings: [memberOf(hero, 'name'), memberOf(hero, 'text')],
      texts: [memberOf(hero, 'tagline')],
      actions: memberOf(hero, 'actions'),
      features,
    })
  },
  staysInRoots: true,
  setAside(file, site) {
    const isExcluded = matchesAny(`${file.segments.join('/')}.md`, textsOf(site.own['excluded']))
    return (
      besidePages(file, site) ??
      hiddenByFrontMatter(file, 'search', false) ??
      (isExcluded ? partial('srcExclude leaves it out') : null)
    )
  },
  navigation(folder, site) {
    const file = configOf(folder)
    const config = file && scriptConfigOf(file, folder)
    const locales = memberOf(config, 'locales')
    const themes = [config, ...(isRecord(locales) ? Object.values(locales) : [])]
    const found = themes.flatMap((theme) =>
      sidebarItems(memberOf(theme, 'themeConfig', 'sidebar'), linkReader(site)),
    )
    return found.length > 0 ? found : null
  },
}

function configOf(folder: ProjectFolder): ConfigFile | null {
  if (!folder.list().includes('.vitepress/')) return null
  const name = /^(?:config|index)\.(?:js|ts|mjs|mts|cjs)$/
  return configIn(folder, name, '.vitepress') ?? configIn(folder, name, '.vitepress/config')
}

function languagesOf(config: unknown, path: string): Partial<Site['languages']> {
  const locales = memberOf(config, 'locales')
  const folders = isRecord(locales)
    ? Object.entries(locales).flatMap(([name, locale]) => {
        const tag = name === 'root' ? null : (languageTag(memberOf(locale, 'lang')) ?? languageTag(name))
        return tag === null ? [] : [[posix.join(path, folderPath(name)), tag] as const]
      })
    : []
  return {
    default: languageTag(memberOf(locales, 'root', 'lang') ?? memberOf(config, 'lang')),
    ...(folders.length > 0 ? {folders: Object.fromEntries(folders)} : {}),
  }
}

/** The file of a link in a sidebar. */
function linkReader(site: Site): (link: string) => string | null {
  const home = site.roots[0]?.path ?? ''
  return (link) => {
    if (!link.startsWith('/')) return null
    const path = link.replace(/[?#].*$/, '').replace(/\.(?:html|md)$/, '')
    return posix.join(home, path.endsWith('/') ? `${path}index` : path).replace(/^\//, '')
  }
}

function textsIn(value: unknown): Record<string, string> {
  return isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )
    : {}
}
