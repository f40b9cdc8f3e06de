import anyAscii from 'any-ascii'
import type {Generator, SiteFile} from '../generator.ts'
import type {AnchorRule} from '../shared/anchor-rules.ts'
import {dashed} from '../shared/anchor-rules.ts'
import {isRecord, memberOf, pathOfUrl, plainValues, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {joinRoute} from '../shared/join-route.ts'
import {languageTag} from '../shared/languages.ts'
import {configIn} from '../shared/project-folder.ts'
import {routeWithEnd} from '../shared/routes.ts'
import type {Site} from '../site.ts'
import {zolaSyntax} from './syntax.ts'

/** `[slugify]`: everything becomes ASCII, only unsafe characters go, or nothing does. */
type Strategy = 'on' | 'safe' | 'off'

type Own = {
  readonly paths: Strategy
  readonly anchors: Strategy
  readonly keepsDates: boolean
  /** Languages besides the default one. */
  readonly languages: readonly string[]
}

/** Zola. */
export const zola: Generator = {
  name: 'zola',
  title: 'Zola',
  about: {
    foundBy: '`zola.toml`, `config.toml` with `base_url`',
    routes: '`base_url`, `path`, `slug`, `slugify`, languages, sections, dates in names',
    anchors: 'its own, in ASCII by `slugify`',
    order: '`weight`',
    syntaxes: 'shortcodes, `@/` links',
    setAside: '`draft`, `render`, `redirect_to`, `in_search_index`',
    checked: 'function',
  },
  find(folder) {
    const file = configIn(folder, /^zola\.toml$/) ?? configIn(folder, /^config\.toml$/)
    const config = file && dataConfigOf(file)
    if (!file || typeof memberOf(config, 'base_url') !== 'string') return null
    const base = pathOfUrl(memberOf(config, 'base_url'))
    const languages = memberOf(config, 'languages')
    const others = isRecord(languages)
      ? Object.keys(languages).filter((code) => languageTag(code) !== null)
      : []
    const slugify = memberOf(config, 'slugify')
    const own: Own = {
      paths: strategyOf(memberOf(slugify, 'paths')),
      anchors: strategyOf(memberOf(slugify, 'anchors')),
      keepsDates: memberOf(slugify, 'paths_keep_dates') === true,
      languages: others,
    }
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [{path: 'content', base}],
        params: plainValues(memberOf(config, 'extra')),
        languages: {
          default: languageTag(memberOf(config, 'default_language') ?? 'en'),
          folders: {},
          endings: others,
        },
        own,
      },
    }
  },
  conventions: {roots: [{path: 'content', base: ''}], routeEnd: 'slash'},
  anchors: (site) => (((site.own as Partial<Own>).anchors ?? 'on') === 'on' ? asciiAnchors : keptAnchors),
  mdx: 'never',
  dialects: [zolaSyntax],
  syntax: {templates: true},
  routeOf,
  staysInRoots: true,
  setAside({segments, frontMatter: {data}}) {
    const isSection = segments.at(-1)!.split('.')[0] === '_index'
    if (data['render'] === false || (isSection && typeof data['redirect_to'] === 'string'))
      return {rule: 'partial', reason: 'its front matter says that it has no page'}
    return data['in_search_index'] === false
      ? {rule: 'hidden', reason: 'its front matter says in_search_index = false'}
      : null
  },
  positionOf({frontMatter}) {
    const weight = frontMatter.data['weight']
    return typeof weight === 'number' ? weight : null
  },
}

/** Its functions `Page::parse` and `Section::parse`. */
function routeOf(file: SiteFile, site: Site): string {
  const {paths = 'on', keepsDates = false, languages = []} = site.own as Partial<Own>
  const {frontMatter} = file
  const fileName = file.segments.at(-1)!
  const language = languages.find((code) => fileName.endsWith(`.${code}`))
  const name = language === undefined ? fileName : fileName.slice(0, -language.length - 1)
  const given = frontMatter.data['path']
  const end = (...parts: readonly string[]): string =>
    routeWithEnd(joinRoute(file.base, ...parts), 'slash', true)
  if (typeof given === 'string') return end(given)
  const folders = file.segments.slice(0, -1)
  const under = language ?? ''
  if (name === '_index') return end(under, ...folders)
  const isBundle = name === 'index' && folders.length > 0
  const ofFile = isBundle ? folders.at(-1)! : name
  if (name === 'index' && !isBundle && frontMatter.slug === null) return end(under)
  const dated = keepsDates ? null : datedName.exec(ofFile)?.[1]
  const slug = slugOf(frontMatter.slug ?? dated ?? ofFile, paths)
  return end(under, ...(isBundle ? folders.slice(0, -1) : folders), slug)
}

const datedName =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?\s?[_-](.+)$/

function strategyOf(value: unknown): Strategy {
  const name = textOr(value, 'on')
  return name === 'safe' || name === 'off' ? name : 'on'
}

/** Its function `slugify_paths`. */
function slugOf(name: string, strategy: Strategy): string {
  if (strategy === 'on') return asciiSlug(name)
  return strategy === 'safe' ? name.replace(/[ .]+$/, '').replace(/[<>:"/\\|?*]/g, '') : name
}

/** The crate `slug`, whose table of ASCII writings puts each Chinese character apart. */
function asciiSlug(text: string): string {
  return anyAscii(text.replace(/\p{Script=Han}/gu, '$& '))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

const asciiAnchors: AnchorRule = {slug: asciiSlug, unique: dashed(), avoidsExplicit: true}

const keptAnchors: AnchorRule = {
  slug: (text) => text.replace(/[ \t\n\f\r]/g, '_'),
  unique: dashed(),
  avoidsExplicit: true,
}
