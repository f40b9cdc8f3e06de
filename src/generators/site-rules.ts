import {posix} from 'node:path'
import {withoutMarkdownEnding} from '../lib/markdown-name.ts'
import {encodedAddress, encodedPath} from '../lib/url-path.ts'
import {commonDialects, type Dialect} from '../markdown/dialect-kit.ts'
import {
  type FrontMatter,
  type PagePlace,
  plainSyntax,
  type SetAside,
  type SiteRules,
} from '../markdown/index.ts'
import {allGenerators, generatorNamed} from './all-generators.ts'
import type {Generator, SiteFile} from './generator.ts'
import {anchorMaker} from './shared/anchor-rules.ts'
import {languageOf, valueOfFolder} from './shared/languages.ts'
import {isBelow, rootOf} from './shared/page-roots.ts'
import {addressIn} from './shared/routes.ts'
import {outsidePages} from './shared/set-aside.ts'
import type {Site} from './site.ts'

/** The rules by which the pages of a site are read. */
export function rulesOf(site: Site): SiteRules {
  const generator = generatorNamed(site.generator)!
  const rule = typeof generator.anchors === 'function' ? generator.anchors(site) : generator.anchors
  const syntax = typeof generator.syntax === 'function' ? generator.syntax(site) : generator.syntax
  return {
    generator: generator.name,
    keepsLetterCase: generator.keepsLetterCase ?? false,
    hasSharedAnchors: generator.hasSharedAnchors ?? false,
    guessesAnchors: generator.guessesAnchors ?? false,
    namesPagesByFile: generator.namesPagesByFile ?? false,
    mdxInMarkdown: generator.mdx === 'always',
    mayHaveMdx: generator.mdx !== 'never',
    contentRoots: includeRoots(site),
    includeFolders: site.includeFolders,
    dialects: dialectsOf(generator),
    syntax: {...plainSyntax, ...syntax},
    params: site.params,
    anchors: () => anchorMaker(rule),
    projectPathOf: (path) => posix.join(site.contentPath, path),
    contentPathOf: (path) =>
      site.contentPath !== '' && isBelow(path, site.contentPath)
        ? path.slice(site.contentPath.length + 1)
        : path,
    translationOf: (path) =>
      languageOf(posix.join(site.contentPath, path), {...site.languages, default: null}),
    paramsOf: (path, frontMatter) => {
      const own = generator.paramsOf?.(siteFile(path, frontMatter, site), site)
      return own ? {...site.params, ...own} : site.params
    },
    openingOf: (frontMatter) => generator.openingOf?.(frontMatter) ?? null,
    placeOf: (path, frontMatter) => placeOf(siteFile(path, frontMatter, site), generator, site),
  }
}

/** The site's own folder, which is `@site` for Docusaurus, its `src` if pages are in it, which is `@` for many, and its folders of pages. */
function includeRoots({folder, roots}: Site): string[] {
  const pages = roots.map(({path}) => path)
  const source = posix.join(folder, 'src')
  const isInSource = pages.some((path) => isBelow(path, source))
  return [...new Set([folder, ...(isInSource ? [source] : []), ...pages])].filter((path) => path !== '')
}

const dialects = new Map<Generator, readonly Dialect[]>()

/** The generator's own constructs, those of others that are read everywhere, and the common ones. Made once. */
function dialectsOf(generator: Generator): readonly Dialect[] {
  const known = dialects.get(generator)
  if (known) return known
  const elsewhere = allGenerators.flatMap(({dialectsElsewhere}) => dialectsElsewhere ?? [])
  const list = [...new Set([...(generator.dialects ?? []), ...elsewhere, ...commonDialects])]
  dialects.set(generator, list)
  return list
}

function siteFile(path: string, frontMatter: FrontMatter, site: Site): SiteFile {
  const projectPath = posix.join(site.contentPath, path)
  const root = rootOf(projectPath, site)
  const home = root?.path ?? (isBelow(projectPath, site.folder) ? site.folder : site.contentPath)
  const below = home === '' ? projectPath : projectPath.slice(home.length + 1)
  return {
    path: projectPath,
    segments: withoutMarkdownEnding(below).split('/'),
    base: root?.base ?? site.roots[0]?.base ?? site.base,
    frontMatter,
  }
}

function placeOf(file: SiteFile, generator: Generator, site: Site): PagePlace {
  const {frontMatter, path} = file
  return {
    url: addressOf(file, generator, site),
    version: frontMatter.version ?? valueOfFolder(path, site.versions.folders),
    lang: frontMatter.lang ?? languageOf(path, site.languages),
    position: generator.positionOf?.(file) ?? null,
    setAside:
      withdrawnBy(frontMatter) ??
      (site.hasPages && staysInRoots(generator, site) ? outsidePages(file, site) : null) ??
      generator.setAside?.(file, site) ??
      null,
  }
}

function staysInRoots({staysInRoots}: Generator, site: Site): boolean {
  return typeof staysInRoots === 'function' ? staysInRoots(site) : staysInRoots === true
}

/**
 * Percent-encoded. What the front matter says may be encoded already; the name of a file is not, so that its percent
 * signs are signs.
 */
function addressOf(file: SiteFile, generator: Generator, site: Site): string {
  const address = addressIn(file, generator.addressesBelowBase ? site.base : '')
  if (address !== null) return encodedAddress(address)
  const route = generator.routeOf(file, site)
  return file.frontMatter.slug === null ? encodedRoute(route) : encodedAddress(route)
}

/** A router in the browser may read the part after `/#`. */
function encodedRoute(route: string): string {
  return route.startsWith('/#/') ? `/#${encodedPath(route.slice(2))}` : encodedPath(route)
}

function withdrawnBy({draft, noindex}: FrontMatter): SetAside | null {
  if (!draft && !noindex) return null
  const rule = draft ? 'draft' : 'noindex'
  return {rule, reason: `its front matter says ${rule}`}
}
