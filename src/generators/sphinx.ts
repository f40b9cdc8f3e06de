import {posix} from 'node:path'
import {values} from '../markdown/dialect-kit.ts'
import type {Generator, SiteFile} from './generator.ts'
import type {AnchorRule} from './shared/anchor-rules.ts'
import {pathOfUrl, plainValues} from './shared/config-values.ts'
import {languageTag} from './shared/languages.ts'
import {matchesAny} from './shared/patterns.ts'
import {configIn} from './shared/project-folder.ts'
import {pythonValues} from './shared/python-values.ts'
import {routeByPath} from './shared/routes.ts'
import {toctreeNavigation} from './shared/toctrees.ts'
import type {Site} from './site.ts'

type Own = {
  /** Globs below the folder of pages. */
  readonly excluded: readonly string[]
  /** Whether double braces are substitutions. */
  readonly substitutes: boolean
  /** The first page, without its extension. */
  readonly first: string
}

/** Sphinx with MyST-Parser. */
export const sphinx: Generator = {
  name: 'sphinx',
  title: 'Sphinx with MyST',
  about: {
    foundBy: '`conf.py`',
    routes: '`html_baseurl`, the path, `.html`',
    anchors: 'docutils’',
    order: 'toctrees',
    syntaxes: 'MyST directives, roles, targets, substitutions',
    setAside: '`exclude_patterns`, `nosearch`',
    checked: 'built',
  },
  find(folder) {
    const file = configIn(folder, /^conf\.py$/)
    if (!file || !/\bextensions\s*=|\bhtml_theme\s*=/.test(file.text)) return null
    const values = pythonValues(file.text)
    const base = pathOfUrl(values.text('html_baseurl'))
    const own: Own = {
      excluded: values.list('exclude_patterns') ?? [],
      substitutes: (values.list('myst_enable_extensions') ?? []).includes('substitution'),
      first: values.text('root_doc') ?? values.text('master_doc') ?? 'index',
    }
    const facts = ['project', 'version', 'release', 'author'].flatMap((name) => {
      const value = values.text(name)
      return value === null ? [] : [[name, value] as const]
    })
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [{path: '', base}],
        params: {...Object.fromEntries(facts), ...values.table('myst_substitutions')},
        languages: {default: languageTag(values.text('language'))},
        own,
      },
    }
  },
  conventions: {
    roots: ['source', 'doc/source', 'docs/source', 'docs'].map((path) => ({path, base: ''})),
    routeEnd: 'html',
  },
  anchors: {slug: docutilsId, unique: docutilsUnique, avoidsExplicit: true} satisfies AnchorRule,
  keepsLetterCase: true,
  hasSharedAnchors: true,
  mdx: 'never',
  dialects: [values],
  syntax: (site) => ({mystLines: true, templates: (site.own as Partial<Own>).substitutes ?? 'guessed'}),
  routeOf: sphinxRoute,
  paramsOf: ({frontMatter: {data}}) => ({
    ...plainValues(data['substitutions']),
    ...plainValues((data['myst'] as {substitutions?: unknown} | undefined)?.substitutions),
  }),
  staysInRoots: true,
  setAside(file, site) {
    const below = [...file.segments.slice(0, -1), posix.basename(file.path)].join('/')
    const {excluded = []} = site.own as Partial<Own>
    if (isExcluded(below, excluded)) return {rule: 'hidden', reason: 'exclude_patterns names it'}
    const {data} = file.frontMatter
    return data['nosearch'] === true || data['nosearch'] === ''
      ? {rule: 'hidden', reason: 'its front matter says nosearch'}
      : null
  },
  navigation(folder, site) {
    const {first = 'index'} = site.own as Partial<Own>
    return toctreeNavigation(folder, posix.relative(site.folder, site.roots[0]?.path ?? site.folder), first)
  },
}

/** Sphinx makes a page of each file; only `index` stands for its folder. */
export function sphinxRoute(file: SiteFile, site: Site): string {
  const named = {...file, frontMatter: {...file.frontMatter, slug: null}}
  return routeByPath(named, site, {isIndex: (segments) => segments.at(-1) === 'index'})
}

/** A pattern of a folder excludes all that is in it. */
export function isExcluded(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const bare = pattern.replace(/\/$/, '')
    return matchesAny(path, [bare, `${bare}/**`])
  })
}

/** The function `make_id` of docutils. */
export function docutilsId(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\u0000-\u007f]/g, (char) => letters[char] ?? char)
    .normalize('NFKD')
    .replace(/[^\u0000-\u007f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '')
}

/** A section without a name of its own, and a repeated one, are `id1`, `id2` and so on. */
export function docutilsUnique(slug: string, used: ReadonlySet<string>): string {
  if (slug !== '' && !used.has(slug)) return slug
  let n = 1
  while (used.has(`id${n}`)) n++
  return `id${n}`
}

/** Its tables `_non_id_translate` and `_non_id_translate_digraphs`. */
const letters: Readonly<Record<string, string>> = Object.fromEntries(
  'øo đd ħh ıi łl ŧt ƀb ƃb ƈc ƌd ƒf ƙk ƚl ƞn ƥp ƫt ƭt ƴy ƶz ǥg ȥz ȷj ɇe ɉj ɍr ɏy ßsz æae œoe ȸdb ȹqp'
    .split(' ')
    .map((pair) => [pair[0]!, pair.slice(1)]),
)
