import {posix} from 'node:path'
import {values} from '../../markdown/dialect-kit.ts'
import type {InlineMark} from '../../markdown/index.ts'
import type {Generator, NavigationItem} from '../generator.ts'
import {memberOf, pathOfUrl} from '../shared/config-values.ts'
import {joinRoute} from '../shared/join-route.ts'
import {isIgnored, matchesAny} from '../shared/patterns.ts'
import {routeByPath} from '../shared/routes.ts'
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
    order: '`nav`, `.pages`, `.nav.yml`',
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
  setAside({segments, path, frontMatter}, site) {
    const {excluded = [], drafts = [], globs = []} = site.own as Partial<Own>
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
    const hasPagesFiles = ['awesome-pages', 'awesome-nav'].some((name) => plugin(found.config, name))
    return navigationOf(folder, docsFolder(found.config), found.config['nav'], hasPagesFiles)
  },
}

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
    marks: inlineMarksOf(config),
  }
}
