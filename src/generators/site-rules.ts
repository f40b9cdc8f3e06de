import {posix} from 'node:path'
import type {FrontMatter, PagePlace, SetAside, SiteRules} from '../markdown/index.ts'
import {generatorNamed} from './all-generators.ts'
import {anchorMaker} from './anchor-rules.ts'
import {isBelow} from './find-site.ts'
import type {Generator, SiteFile} from './generator.ts'
import {languageOf, valueOfFolder} from './languages.ts'
import {addressIn} from './routes.ts'
import type {Site} from './site.ts'

/** The rules by which the pages of a site are read. */
export function rulesOf(site: Site): SiteRules {
  const generator = generatorNamed(site.generator)!
  const rule = typeof generator.anchors === 'function' ? generator.anchors(site) : generator.anchors
  return {
    generator: generator.name,
    mdxInMarkdown: generator.mdx === 'always',
    mayHaveMdx: generator.mdx !== 'never',
    contentRoots: site.roots.map(({path}) => path).filter((path) => path !== ''),
    includeFolders: site.includeFolders,
    params: site.params,
    anchors: () => anchorMaker(rule),
    projectPathOf: (path) => posix.join(site.contentPath, path),
    contentPathOf: (path) =>
      site.contentPath !== '' && isBelow(path, site.contentPath)
        ? path.slice(site.contentPath.length + 1)
        : path,
    placeOf: (path, frontMatter) => placeOf(siteFile(path, frontMatter, site), generator, site),
  }
}

function siteFile(path: string, frontMatter: FrontMatter, site: Site): SiteFile {
  const projectPath = posix.join(site.contentPath, path)
  const root = site.roots.find((candidate) => isBelow(projectPath, candidate.path))
  const home = root?.path ?? (isBelow(projectPath, site.folder) ? site.folder : site.contentPath)
  const below = home === '' ? projectPath : projectPath.slice(home.length + 1)
  return {
    path: projectPath,
    segments: below.replace(/\.(?:mdx?|markdown)$/i, '').split('/'),
    base: root?.base ?? site.roots[0]?.base ?? site.base,
    frontMatter,
  }
}

function placeOf(file: SiteFile, generator: Generator, site: Site): PagePlace {
  const {frontMatter, path} = file
  return {
    url: addressIn(file, generator.addressesBelowBase ? site.base : '') ?? generator.routeOf(file, site),
    version: frontMatter.version ?? valueOfFolder(path, site.versions.folders),
    lang: frontMatter.lang ?? languageOf(path, site.languages),
    setAside: withdrawnBy(frontMatter) ?? generator.setAside?.(file, site) ?? null,
  }
}

function withdrawnBy({draft, noindex}: FrontMatter): SetAside | null {
  if (!draft && !noindex) return null
  const rule = draft ? 'draft' : 'noindex'
  return {rule, reason: `its front matter says ${rule}`}
}
