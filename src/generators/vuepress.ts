import {posix} from 'node:path'
import {codeImports, commentIncludes, vuepressDialect} from '../markdown/dialect-kit.ts'
import type {Generator} from './generator.ts'
import {type AnchorRule, dashed, mditVueAnchors} from './shared/anchor-rules.ts'
import {folderPath, isRecord, memberOf, textOr} from './shared/config-values.ts'
import {joinRoute} from './shared/join-route.ts'
import {languageTag} from './shared/languages.ts'
import {openingFrom} from './shared/openings.ts'
import {type ConfigFile, configIn, type ProjectFolder} from './shared/project-folder.ts'
import {routeWithEnd} from './shared/routes.ts'
import {scriptConfigOf} from './shared/script-config.ts'
import {besidePages, hiddenByFrontMatter} from './shared/set-aside.ts'
import {sidebarItems} from './shared/vue-sidebars.ts'
import type {Site} from './site.ts'

/** VuePress 1 and 2. */
export const vuepress: Generator = {
  name: 'vuepress',
  title: 'VuePress',
  about: {
    foundBy: '`.vuepress/config.*`',
    routes: '`base`, `.html`, `README.md` and `index.md` for folders, `permalink`, `locales`',
    anchors: 'those of version 1 or 2, by the configuration',
    order: '`sidebar`',
    syntaxes: '`:::` containers, code groups, code imports, `<!-- @include: -->`, `[[toc]]`, Vue, home pages',
    setAside: '`draft`, `search: false`',
    checked: 'function',
  },
  find(folder) {
    const file = configOf(folder)
    if (!file) return null
    const config = scriptConfigOf(file, folder)
    const base = joinRoute(textOr(memberOf(config, 'base'), ''))
    const isFirst =
      /module\.exports|from ['"]vuepress\/config['"]/.test(file.text) && !isSecond.test(file.text)
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [{path: '', base}],
        routeEnd: 'html',
        languages: languagesOf(config),
        own: {version: isFirst ? 1 : 2},
      },
    }
  },
  conventions: {roots: [{path: 'docs', base: ''}], routeEnd: 'html'},
  anchors: (site) => (site.own['version'] === 1 ? vuepress1Anchors : mditVueAnchors),
  keepsLetterCase: true,
  mdx: 'never',
  dialects: [vuepressDialect],
  dialectsElsewhere: [codeImports, commentIncludes],
  syntax: {templates: true, vue: true},
  routeOf({segments, base}, site) {
    const isFolder = /^(?:index|readme)$/i.test(segments.at(-1)!)
    const route = joinRoute(base, ...(isFolder ? segments.slice(0, -1) : segments))
    return routeWithEnd(route, site.routeEnd, isFolder, '')
  },
  openingOf(frontMatter) {
    const {home, heroText, tagline, actions, actionText, actionLink, features, footer} = frontMatter.data
    if (home !== true) return null
    return openingFrom(frontMatter, {
      headings: [heroText],
      texts: [tagline],
      actions: actions ?? [{text: actionText, link: actionLink}],
      features,
      footer,
    })
  },
  staysInRoots: true,
  setAside: (file, site) => besidePages(file, site) ?? hiddenByFrontMatter(file, 'search', false),
  navigation(folder, site) {
    const file = configOf(folder)
    const config = file && scriptConfigOf(file, folder)
    const themes = [memberOf(config, 'themeConfig'), memberOf(config, 'theme')]
    const locales = themes.flatMap((theme) => {
      const found = memberOf(theme, 'locales')
      return isRecord(found) ? Object.values(found) : []
    })
    const items = [...themes, ...locales].flatMap((theme) =>
      sidebarItems(memberOf(theme, 'sidebar'), linkReader(site)),
    )
    return items.length > 0 ? items : null
  },
}

/** What only configurations of version 2 have. */
const isSecond =
  /defineUserConfig|@vuepress\/(?:bundler|theme-default|plugin-\w+['"]\s*\))|vuepress-theme-hope|bundler\s*:/

/** The slugs of its package `@vuepress/shared-utils`, numbered by markdown-it-anchor 5. */
const vuepress1Anchors: AnchorRule = {
  slug: (text) => mditVueAnchors.slug(text.replace(/[–—]/g, '-')),
  unique: dashed('', 2),
  avoidsExplicit: true,
}

function configOf(folder: ProjectFolder): ConfigFile | null {
  if (!folder.list().includes('.vuepress/')) return null
  return (
    configIn(folder, /^config\.(?:js|ts|mjs|mts|cjs)$/, '.vuepress') ??
    configIn(folder, /^(?:config|index)\.(?:js|ts|mjs|mts|cjs)$/, '.vuepress/config')
  )
}

function languagesOf(config: unknown): Partial<Site['languages']> {
  const locales = memberOf(config, 'locales')
  if (!isRecord(locales)) return {default: languageTag(memberOf(config, 'lang'))}
  const folders = Object.entries(locales).flatMap(([path, locale]) => {
    const tag = languageTag(memberOf(locale, 'lang')) ?? languageTag(folderPath(path))
    return tag === null || folderPath(path) === '' ? [] : [[folderPath(path), tag] as const]
  })
  return {default: languageTag(memberOf(locales, '/', 'lang')), folders: Object.fromEntries(folders)}
}

/** The file of a link in a sidebar. */
function linkReader(site: Site): (link: string) => string | null {
  const home = site.roots[0]?.path ?? ''
  return (link) => {
    if (!link.startsWith('/')) return null
    const path = link.replace(/[?#].*$/, '').replace(/\.(?:html|md)$/, '')
    return posix.join(home, path.endsWith('/') ? `${path}README` : path).replace(/^\//, '')
  }
}
