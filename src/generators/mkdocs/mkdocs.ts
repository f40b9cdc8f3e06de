import {posix} from 'node:path'
import {values} from '../../markdown/dialect-kit.ts'
import type {InlineMark} from '../../markdown/index.ts'
import type {Generator, NavigationItem} from '../generator.ts'
import {memberOf, pathOfUrl, textOr} from '../shared/config-values.ts'
import {joinRoute} from '../shared/join-route.ts'
import {isIgnored, matchesAny} from '../shared/patterns.ts'
import {routeByPath} from '../shared/routes.ts'
import {partial} from '../shared/set-aside.ts'
import {anchorRules, type Slugs, slugsOf} from './anchors.ts'
import {
  type Config,
  configOf,
  docsFolder,
  includeFolders,
  optionsIn,
  paramsOf,
  plugin,
  versionOf,
} from './config.ts'
import {navigationOf} from './navigation.ts'
import {inlineMarksOf, pymdownMarks} from './pymdown.ts'
import {mkdocsSnippets} from './snippets.ts'
import {mkdocsPlugins} from './syntax.ts'
import {languagesOf, type Translations, translated, translationsOf} from './translations.ts'

/** What only MkDocs understands of its configuration. */
type Own = {
  /** As in `.gitignore`, below the folder of pages. */
  readonly excluded: readonly string[]
  readonly drafts: readonly string[]
  readonly globs: readonly string[]
  readonly i18n: Translations | null
  readonly slugs: Slugs
  /** Whether double braces are macros. */
  readonly macros: boolean
  /** The name of the files that are the navigation of their folder; null without the plugin literate-nav. */
  readonly linksFile: string | null
  /** Whether a plugin takes pages from other folders of the project too. */
  readonly isOpen: boolean
  readonly marks: readonly InlineMark[]
}

/** MkDocs with Python-Markdown, and Zensical, which reads the same projects. */
export const mkdocs: Generator = {
  name: 'mkdocs',
  title: 'MkDocs',
  about: {
    foundBy: '`mkdocs.yml`, `zensical.toml`',
    routes: '`site_url`, `docs_dir`, `use_directory_urls`, `mike`, `i18n`',
    anchors: 'Python-Markdown’s, PyMdown’s by `slugify`',
    order: '`nav`, `.pages`, `.nav.yml`, `SUMMARY.md` of literate-nav',
    syntaxes:
      'admonitions, content tabs, snippets, macros, mkdocstrings, attribute lists, PyMdown’s keys, marks and edits',
    setAside: '`exclude_docs`, `draft_docs`, `exclude`, `search.exclude`',
    checked: 'built',
  },
  find(folder) {
    const found = configOf(folder)
    if (!found) return null
    const {path, config} = found
    // Backstage wants a configuration of MkDocs beside the docs of Grafana's projects, which Hugo builds.
    if (folder.list(docsFolder(config)).includes('docs.mk')) return null
    const base = joinRoute(pathOfUrl(config['site_url']), versionOf(config))
    const docs = docsFolder(config)
    const own = ownOf(config)
    return {
      foundIn: path,
      config: {
        base,
        roots: [{path: docs, base}],
        routeEnd: config['use_directory_urls'] === false ? 'html' : 'slash',
        includeFolders: includeFolders(config),
        params: own.macros ? paramsOf(config) : {},
        languages: languagesOf(config, docs, own.i18n),
        own,
      },
    }
  },
  conventions: {roots: [{path: 'docs', base: ''}], routeEnd: 'slash'},
  anchors: (site) => anchorRules[(site.own as Partial<Own>).slugs ?? 'ascii'],
  keepsLetterCase: true,
  mdx: 'never',
  dialects: [values, mkdocsPlugins, pymdownMarks],
  dialectsElsewhere: [mkdocsSnippets],
  syntax: (site) => ({
    templates: (site.own as Partial<Own>).macros ?? 'guessed',
    inlineMarks: (site.own as Partial<Own>).marks ?? [],
  }),
  routeOf(file, site) {
    const named = {...file, frontMatter: {...file.frontMatter, slug: null}}
    const isIndex = (segments: readonly string[]): boolean => /^(?:index|README)$/.test(segments.at(-1) ?? '')
    return routeByPath(translated(named, (site.own as Partial<Own>).i18n ?? null), site, {isIndex})
  },
  staysInRoots: (site) => (site.own as Partial<Own>).isOpen !== true,
  setAside({segments, path, frontMatter}, site) {
    const {excluded = [], drafts = [], globs = [], linksFile = null} = site.own as Partial<Own>
    if (posix.basename(path) === linksFile) return partial(`${linksFile} is the table of contents`)
    const below = [...segments.slice(0, -1), posix.basename(path)].join('/')
    if (isIgnored(below, excluded) || matchesAny(below, globs))
      return {rule: 'hidden', reason: 'the configuration excludes it'}
    if (isIgnored(below, drafts)) return {rule: 'draft', reason: 'the configuration says that it is a draft'}
    return memberOf(frontMatter.data, 'search', 'exclude') === true
      ? {rule: 'hidden', reason: 'its front matter says search.exclude'}
      : null
  },
  navigation(folder): readonly NavigationItem[] | null {
    const found = configOf(folder)
    if (!found) return null
    const {config} = found
    const pages = plugin(config, 'awesome-pages') ?? plugin(config, 'awesome-nav')
    return navigationOf(folder, docsFolder(config), config['nav'], {
      pagesFiles: pages !== null,
      isDescending: pages?.['order'] === 'desc',
      linksFile: linksFileOf(config),
    })
  },
}

/** The files that the plugin literate-nav reads. */
function linksFileOf(config: Config): string | null {
  const options = plugin(config, 'literate-nav')
  return options === null ? null : textOr(options['nav_file'], 'SUMMARY.md')
}

/** Those that take pages from elsewhere; Backstage's has `monorepo` in it. */
const openPlugins = ['monorepo', 'multirepo', 'same-dir', 'simple', 'techdocs-core']

function ownOf(config: Config): Own {
  const lines = (value: unknown): string[] => (typeof value === 'string' ? value.split('\n') : [])
  const globs = plugin(config, 'exclude')?.['glob']
  return {
    excluded: ['.*', '/templates/', ...lines(config['exclude_docs'])],
    drafts: lines(config['draft_docs']),
    // In this plugin a star stands for folders too.
    globs: [globs].flat().flatMap((glob) => (typeof glob === 'string' ? glob.replaceAll('*', '**') : [])),
    i18n: translationsOf(plugin(config, 'i18n')),
    slugs: slugsOf(optionsIn(config['markdown_extensions'], 'toc')),
    macros: plugin(config, 'macros') !== null || plugin(config, 'markdownextradata') !== null,
    linksFile: linksFileOf(config),
    isOpen: openPlugins.some((name) => plugin(config, name) !== null),
    marks: inlineMarksOf(config),
  }
}
