import {join, posix} from 'node:path'
import {type ContentSource, DocentError} from '../domain/index.ts'
import {allGenerators, generatorNamed, rootOf, rulesOf, type Site} from '../generators/index.ts'
import {normaliseText, type SetAside, type SiteRules, splitFrontMatter} from '../markdown/index.ts'
import {localBuilds} from '../search-index/index.ts'
import type {GitTokens} from '../settings/index.ts'
import {gitAccess, locateSource} from '../sources/index.ts'
import {otherSitesLine} from './other-sites.ts'
import {type FolderScan, readSource, scanFolder} from './scan-folder.ts'
import {sitesOf} from './site-of.ts'

/** What was found out about the site of a content folder. Paths are below the project's root; `.` is the root itself. */
export interface SiteExplanation {
  /** The name of its source; null for a single one without a name. */
  readonly source: string | null
  /** The commit of a repository; null for a folder. */
  readonly commit: string | null
  /** Why the repository could not be brought up to date; null if it could. */
  readonly problem: string | null
  /** Absolute. */
  readonly content: string
  /** Absolute. */
  readonly project: string
  readonly generator: {readonly name: string; readonly title: string}
  /** The configuration file that says so; null without one. */
  readonly foundIn: string | null
  /** Whether `--site` or `SITE_GENERATOR` names the generator. */
  readonly isGiven: boolean
  /** The folders of its pages, and how their routes begin. */
  readonly roots: readonly {readonly path: string; readonly base: string}[]
  /** How a route ends, by an example. */
  readonly routeEnd: string
  readonly languages: {readonly default: string | null; readonly found: Readonly<Record<string, number>>}
  readonly versions: {readonly current: string | null; readonly found: Readonly<Record<string, number>>}
  readonly files: number
  readonly pages: number
  /** Pages that lie in none of `roots`: their addresses are their paths, which the site may not have. */
  readonly outside: number
  /** A sentence about other sites found in it whose pages are not read as theirs, and how to take them; null if there are none. */
  readonly otherSites: string | null
  /** Number of files that are no pages, by the reason. */
  readonly setAside: Readonly<Record<string, number>>
  /** Three pages with their addresses: the first, one in the middle and the last. */
  readonly examples: readonly {readonly path: string; readonly url: string}[]
  /** The names that `--site` and `SITE_GENERATOR` take. */
  readonly known: readonly string[]
}

const shownPages = 3

/**
 * Says what was found out about the sites of sources, without reading more of their pages than their front matter.
 * Repositories are fetched.
 * @throws DocentError `config` for a folder that does not exist, and for an unknown generator; `source_unreachable` for a
 * repository that was never fetched; `locked` while an ingest fetches.
 */
export async function explainSites(
  sources: readonly ContentSource[],
  {dataDir, gitTokens = {}}: {readonly dataDir: string; readonly gitTokens?: GitTokens},
): Promise<SiteExplanation[]> {
  const hasRepository = sources.some(({kind}) => kind === 'repository')
  const lock = hasRepository ? await localBuilds(dataDir).lock() : null
  try {
    const explanations: SiteExplanation[] = []
    for (const source of sources) {
      const {content, problem, commit} = await locateSource(source, {dataDir, access: gitAccess(gitTokens)})
      if (content === null) throw new DocentError('source_unreachable', problem ?? 'it has no files')
      explanations.push({...(await explainFolder(content, source, dataDir)), commit, problem})
    }
    return explanations
  } finally {
    await lock?.release()
  }
}

async function explainFolder(
  content: string,
  source: ContentSource,
  dataDir: string,
): Promise<Omit<SiteExplanation, 'commit' | 'problem'>> {
  const scan = await scanFolder(content, {dataDir})
  const {name, generator} = source
  const {site, others} = sitesOf(scan, generator)
  const places = placesIn(scan, rulesOf(site))
  const pages = places.filter(({setAside}) => setAside === null)
  return {
    source: name,
    content: scan.root,
    project: scan.project,
    generator: {name: site.generator, title: generatorNamed(site.generator)!.title},
    foundIn: site.foundIn,
    isGiven: generator !== null,
    roots: site.roots.map(({path, base}) => ({path: path || '.', base: base || '/'})),
    routeEnd: routeEnds[site.routeEnd],
    languages: {default: site.languages.default, found: countsOf(pages.map(({lang}) => lang))},
    versions: {current: site.versions.current, found: countsOf(pages.map(({version}) => version))},
    files: scan.files.length,
    pages: pages.length,
    outside: pages.filter(({path}) => rootOf(posix.join(site.contentPath, path), site) === null).length,
    otherSites: otherSitesLine(source, site, others),
    setAside: countsOf(places.map(({setAside}) => (setAside as SetAside | null)?.reason ?? null)),
    examples: spread(pages, shownPages).map(({path, url}) => ({path, url})),
    known: allGenerators.map((generator) => generator.name),
  }
}

const routeEnds: Readonly<Record<Site['routeEnd'], string>> = {
  bare: '/guide',
  slash: '/guide/',
  html: '/guide.html',
}

function placesIn(scan: FolderScan, rules: SiteRules) {
  return scan.files.flatMap(({path}) => {
    const bytes = readSource(join(scan.root, path))
    // A file that cannot be read is a matter of the ingest.
    if (typeof bytes === 'string') return []
    const {frontMatter} = splitFrontMatter(normaliseText(bytes.toString('utf8')), path)
    return [{path, ...rules.placeOf(path, frontMatter)}]
  })
}

/** How often each value occurs, the most frequent first. */
function countsOf(values: readonly (string | null)[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([, one], [, other]) => other - one))
}

/** At most `count` items, the first and the last among them. */
function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({length: count}, (_, n) => items[Math.round((n * (items.length - 1)) / (count - 1))]!)
}
