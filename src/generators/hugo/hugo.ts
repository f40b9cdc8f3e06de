import {posix} from 'node:path'
import type {Generator, SiteFile} from '../generator.ts'
import type {AnchorRule} from '../shared/anchor-rules.ts'
import {dashed} from '../shared/anchor-rules.ts'
import {isRecord, memberOf, nestedValues, pathOfUrl, plainValues} from '../shared/config-values.ts'
import {dateOf} from '../shared/dates.ts'
import {joinRoute} from '../shared/join-route.ts'
import {languageTag} from '../shared/languages.ts'
import type {ProjectFolder} from '../shared/project-folder.ts'
import {routeByPath, routeWithEnd} from '../shared/routes.ts'
import type {PageRoot, Site, SiteConfig} from '../site.ts'
import {defaultLanguageOf, type HugoLanguage, hugoConfigOf, languagesOf, rootsOf} from './config.ts'
import {hugoShortcodes} from './syntax.ts'

/** What only Hugo understands of its configuration. */
type Own = {
  /** How routes begin, by the ending of files. */
  readonly bases: Readonly<Record<string, string>>
  /** Patterns of addresses, by the first folder. */
  readonly permalinks: Readonly<Record<string, string>>
  /** Folders, below the project's root, whose `index.md` is a page and whose other files are its resources. */
  readonly bundles: readonly string[]
  readonly ascii: boolean
  readonly hasTermIds: boolean
}

/** Hugo. */
export const hugo: Generator = {
  name: 'hugo',
  title: 'Hugo',
  about: {
    foundBy: '`hugo.*`, `config.*` of Hugo, `config/_default/`; `docs.mk` of Grafana’s projects',
    routes: '`baseURL`, `contentDir`, languages, mounts, `permalinks`, `uglyURLs`, `url`, `slug`, sections',
    anchors: 'its own, as GitHub’s',
    order: '`weight`',
    syntaxes: 'shortcodes, attributes',
    setAside: '`draft`, `headless`, `build`, resources of bundles, `exclude_search`, `bookSearchExclude`',
    checked: 'built',
  },
  find(folder) {
    const found = hugoConfigOf(folder)
    if (!found) return grafanaProject(folder)
    const {values, foundIn, params} = found
    const languages = languagesOf(values)
    const roots = rootsOf(values, languages)
    const own: Own = {
      bases: Object.fromEntries(languages.map(({code, base}) => [code, base])),
      permalinks: permalinksOf(values['permalinks']),
      bundles: bundlesIn(folder, roots),
      ascii: idTypeOf(values) === 'github-ascii',
      hasTermIds: memberOf(parserOf(values), 'autodefinitiontermid') === true,
    }
    return {
      foundIn,
      config: {
        base: pathOfUrl(values['baseurl']),
        roots,
        routeEnd: values['uglyurls'] === true ? 'html' : 'slash',
        params: plainValues(params),
        languages: languagesIn(values, languages),
        own,
      },
    }
  },
  conventions: {
    roots: [
      {path: 'content/en', base: ''},
      {path: 'content', base: ''},
    ] satisfies PageRoot[],
    routeEnd: 'slash',
  },
  anchors(site) {
    const {ascii = false, hasTermIds = false} = site.own as Partial<Own>
    return {...(ascii ? asciiAnchors : anchors), hasTerms: hasTermIds}
  },
  mdx: 'never',
  dialectsElsewhere: [hugoShortcodes],
  syntax: {shortcodesInCode: true},
  addressesBelowBase: true,
  routeOf(file, site) {
    const placed = translated(file, site)
    const pattern = (site.own as Partial<Own>).permalinks?.[placed.segments[0]!]
    const isPage = placed.segments.length > 1 && placed.segments.at(-1) !== '_index'
    if (pattern !== undefined && isPage) return routeByPattern(placed, pattern, site)
    return routeByPath(placed, site, {segment: sanitised, slugNamesFolder: true, isIndex})
  },
  paramsOf: ({frontMatter}) => ({
    ...nestedValues(frontMatter.data),
    ...plainValues(frontMatter.data['params']),
  }),
  staysInRoots: true,
  setAside({path, frontMatter: {data}}, site) {
    const {bundles = []} = site.own as Partial<Own>
    if (bundles.includes(posix.dirname(path)) && !/^index\./.test(posix.basename(path)))
      return {rule: 'partial', reason: 'it is a resource of the page beside it'}
    const build = data['build'] ?? data['_build']
    const render = memberOf(build, 'render')
    if (data['headless'] === true || render === false || render === 'never')
      return {rule: 'partial', reason: 'its front matter says that it has no page'}
    const hidden = ['exclude_search', 'bookSearchExclude'].find((key) => data[key] === true)
    return hidden === undefined ? null : {rule: 'hidden', reason: `its front matter says ${hidden}`}
  },
  positionOf({frontMatter}) {
    const weight = Number(frontMatter.data['weight'] ?? 0)
    return Number.isFinite(weight) && weight !== 0 ? weight : null
  },
}

/** Grafana's docs are mounted into its site: their repositories hold no configuration of Hugo. */
function grafanaProject(folder: ProjectFolder): {foundIn: string; config: SiteConfig} | null {
  const names = folder.list()
  if (!names.includes('docs.mk') || !names.includes('sources/')) return null
  const roots = [{path: 'sources', base: ''}]
  const own: Own = {
    bases: {},
    permalinks: {},
    bundles: bundlesIn(folder, roots),
    ascii: false,
    hasTermIds: false,
  }
  return {foundIn: 'docs.mk', config: {roots, includeFolders: ['sources/shared'], own}}
}

function languagesIn(
  values: Readonly<Record<string, unknown>>,
  languages: readonly HugoLanguage[],
): Partial<Site['languages']> {
  const first = defaultLanguageOf(values)
  const locale = memberOf(values, 'languages', first.toLowerCase(), 'languagecode') ?? values['languagecode']
  const isSaid = values['defaultcontentlanguage'] !== undefined || languages.length > 0
  const fallback = isSaid ? languageTag(first) : languageTag(locale)
  if (languages.length < 2) return {default: fallback}
  const folders = languages.flatMap(({code, contentDir}) =>
    contentDir === null ? [] : [[contentDir, languageTag(code)!] as const],
  )
  return {
    default: fallback,
    ...(folders.length > 0 ? {folders: Object.fromEntries(folders)} : {}),
    endings: languages.map(({code}) => code),
  }
}

/** A file whose ending names its language: `guide.fr.md`. */
function translated(file: SiteFile, site: Site): SiteFile {
  const {bases = {}} = site.own as Partial<Own>
  const name = /^(.+)\.([\w-]+)$/.exec(file.segments.at(-1)!)
  const code = name?.[2]?.toLowerCase()
  if (!name || code === undefined || !Object.hasOwn(bases, code)) return file
  return {...file, base: bases[code]!, segments: [...file.segments.slice(0, -1), name[1]!]}
}

function isIndex(segments: readonly string[]): boolean {
  return /^_?index$/.test(segments.at(-1) ?? '')
}

/** Its function `UnicodeSanitize`, in lower case. */
function sanitised(name: string): string {
  return name
    .replace(/[^\p{L}\p{N}\p{M}.\\_#+~@%\s-]/gu, '')
    .trim()
    .replace(/\s+(?:-\s*)?|-\s+/g, '-')
    .toLowerCase()
}

/** Of pages, by section; newer versions have a table for each kind of page. */
function permalinksOf(table: unknown): Record<string, string> {
  const pages = memberOf(table, 'page')
  return plainValues(isRecord(pages) ? pages : table)
}

function routeByPattern(file: SiteFile, pattern: string, site: Site): string {
  const {frontMatter, segments} = file
  const name = isIndex(segments) ? segments.at(-2)! : segments.at(-1)!
  const [year = '', month = '', day = ''] = dateOf(frontMatter.data['date'], name)
  const title = sanitised((frontMatter.title ?? name).replaceAll('/', '-'))
  const folders = segments.slice(0, isIndex(segments) ? -2 : -1).map(sanitised)
  const slug = frontMatter.slug
  const values: Readonly<Record<string, string>> = {
    year,
    month,
    day,
    section: folders[0] ?? '',
    sections: folders.join('/'),
    title,
    slug: slug ?? title,
    filename: sanitised(name),
    contentbasename: sanitised(name),
    slugorfilename: slug ?? sanitised(name),
    slugorcontentbasename: slug ?? sanitised(name),
  }
  const path = pattern.replace(/:([a-z]+)(?:\[[^\]]*\])?/g, (_, token: string) => values[token] ?? '')
  return routeWithEnd(joinRoute(file.base, path), site.routeEnd, false)
}

const maxFolders = 5000

/** Leaf bundles with Markdown files besides their page. */
function bundlesIn(folder: ProjectFolder, roots: readonly PageRoot[]): string[] {
  const found = new Set<string>()
  const waiting = roots.map(({path}) => path)
  for (let n = 0; n < waiting.length && n < maxFolders; n++) {
    const names = folder.list(waiting[n]!)
    const pages = names.filter((name) => name.endsWith('.md'))
    const isIndexFile = (name: string): boolean => /^index\.(?:[\w-]+\.)?md$/.test(name)
    if (pages.some(isIndexFile) && !pages.every(isIndexFile) && !pages.includes('_index.md'))
      found.add(posix.join(folder.path, waiting[n]!))
    for (const name of names) if (name.endsWith('/')) waiting.push(posix.join(waiting[n]!, name.slice(0, -1)))
  }
  return [...found].sort()
}

function parserOf(values: unknown): unknown {
  return memberOf(values, 'markup', 'goldmark', 'parser')
}

function idTypeOf(values: unknown): unknown {
  const parser = parserOf(values)
  return memberOf(parser, 'autoidtype') ?? memberOf(parser, 'autoheadingidtype')
}

// Its "github" ids: letters, digits, _ and - stay, a space becomes -, everything else is removed.
const anchors: AnchorRule = {
  slug: (text) =>
    text
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{Nd}_\- ]/gu, '')
      .replace(/ /g, '-'),
  unique: dashed('heading'),
  avoidsExplicit: true,
}

const asciiAnchors: AnchorRule = {
  ...anchors,
  slug: (text) =>
    anchors.slug(
      text
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '')
        .replace(/[^\u0000-\u007f]/g, ''),
    ),
}
