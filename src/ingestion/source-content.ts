import {createHash} from 'node:crypto'
import {join} from 'node:path'
import {
  type ContentSource,
  type Diagnostic,
  DocentError,
  fileDiagnostic,
  folderSource,
  sourceShown,
} from '../domain/index.ts'
import {rulesOf, type Site, type SiteNavigation} from '../generators/index.ts'
import type {BaseBuild, OutlineMaker, SourceSummary} from '../search-index/index.ts'
import {gitAccess, type LocatedSource, locateSource} from '../sources/index.ts'
import {type PlaceRules, pathAmong, rulesAmong, unreachableRule} from './content-home.ts'
import type {IngestContext} from './ingest-context.ts'
import type {IngestOptions} from './ingest-options.ts'
import {chunkerOf} from './ingest-plan.ts'
import type {SourceReport} from './ingest-report.ts'
import {otherSitesLine} from './other-sites.ts'
import {navigationOf, orderedPages} from './page-order.ts'
import type {ParseSetup, SourceSetup} from './parse-task.ts'
import {type FolderScan, type Scan, scanFolder} from './scan-folder.ts'
import {projectOfScan, sitesOf} from './site-of.ts'

/** All sources of an ingest, read as one: paths and addresses begin with the name of their source if there are several. */
export interface SourceContent {
  readonly scan: Scan
  readonly rules: PlaceRules
  readonly setup: ParseSetup
  /** Identifies everything besides the files that decides what becomes of them. */
  readonly chunker: string
  /** The generators, for people. */
  readonly generators: string
  /** The language of the sites, by their configuration; null where that says none, or several. */
  readonly defaultLanguage: string | null
  /** Their names; empty if there is one. */
  readonly names: readonly string[]
  readonly sources: readonly (SourceReport &
    Required<Pick<SourceSummary, 'chunker' | 'currentVersion' | 'navigation'>>)[]
  /** Their pages in order. */
  readonly outlineOf: OutlineMaker
}

/** Where the sources are, in one line, as in `CONTENT_DIR`. */
export function placesOf({sources}: Pick<SourceContent, 'sources'>): string {
  return sources.map(({name, place}) => (name === null ? place : `${name}=${place}`)).join(',')
}

/** The sources of an ingest; a text is the path of a folder. */
export function sourcesOf({
  content,
  site = null,
}: Pick<IngestOptions, 'content' | 'site'>): readonly ContentSource[] {
  return typeof content === 'string' ? [folderSource(content, site)] : content
}

/**
 * Fetches, scans and understands the sources. One that cannot be had is empty and counts as unreadable, so that its pages
 * in the index stay.
 * @throws DocentError `config` for a single folder that does not exist, and for an unknown generator;
 * `source_unreachable` if there is no source and no index either; the signal's reason when aborted.
 */
export async function readSources(context: IngestContext, current: BaseBuild | null): Promise<SourceContent> {
  const given = sourcesOf(context.options)
  const located = given.some(({kind}) => kind === 'repository')
    ? await context.stage('fetch', () => locateAll(given, context))
    : await locateAll(given, context)
  if (current === null && located.every(({content}) => content === null)) {
    throw new DocentError('source_unreachable', located.map(({problem}) => problem).join('\n'))
  }
  const scans = await context.stage('scan', async () => {
    const found: ScannedSource[] = []
    for (const one of located) found.push(await scanSource(one, given.length > 1, context))
    return found
  })
  return context.stage('site', async () => joined(scans, current))
}

async function locateAll(
  sources: readonly ContentSource[],
  {options, signal}: IngestContext,
): Promise<LocatedSource[]> {
  const {dataDir, gitTokens = {}} = options
  const access = gitAccess(gitTokens)
  const located: LocatedSource[] = []
  for (const source of sources) located.push(await locateSource(source, {dataDir, access, signal}))
  return located
}

interface ScannedSource extends LocatedSource {
  readonly scan: FolderScan
  readonly site: Site
  readonly otherSites: string | null
  readonly navigation: SiteNavigation
}

async function scanSource(
  located: LocatedSource,
  isOneOfSeveral: boolean,
  {options: {dataDir}, signal}: IngestContext,
): Promise<ScannedSource> {
  const {source, content} = located
  let problem = located.problem
  let scan: FolderScan | null = null
  if (content !== null) {
    try {
      scan = await scanFolder(content, {...(signal ? {signal} : {}), dataDir})
    } catch (error) {
      signal?.throwIfAborted()
      if (!isOneOfSeveral) throw error
      problem = (error as Error).message
    }
  }
  const found = scan ?? missingScan(dataDir)
  const diagnostics =
    problem === null ? found.diagnostics : [...found.diagnostics, unreachable(problem, scan !== null)]
  const {site, others} = sitesOf(found, source.generator)
  return {
    ...located,
    problem,
    scan: {...found, diagnostics},
    site,
    otherSites: otherSitesLine(source, site, others),
    navigation: navigationOf(projectOfScan(found), site),
  }
}

/** A source without files, none of whose pages counts as removed. */
function missingScan(dataDir: string): FolderScan {
  const root = join(dataDir, 'sources', 'none')
  return {
    root,
    project: root,
    dataDir: null,
    files: [],
    diagnostics: [],
    otherFormats: {},
    unreadable: [{path: '.', isFolder: true, bytes: 0, hash: ''}],
  }
}

function unreachable(problem: string, hasFiles: boolean): Diagnostic {
  return fileDiagnostic('.', {
    rule: unreachableRule,
    severity: 'error',
    reason: problem,
    hint: hasFiles ? 'Its last checkout is indexed.' : 'Its pages in the index, if there are any, stay.',
  })
}

function joined(scanned: readonly ScannedSource[], current: BaseBuild | null): SourceContent {
  const before = new Map(current?.manifest.summary?.sources?.map((source) => [source.name, source]))
  const sources = scanned.map(({source, content, commit, problem, site, otherSites, navigation}) => {
    // Nothing is known of the site of a source that is missing, so it counts as unchanged.
    const unchanged = content === null ? before.get(source.name) : undefined
    return {
      name: source.name,
      place: sourceShown({...source, name: null}),
      site: site.generator,
      commit,
      problem,
      otherSites,
      // Nothing is known of the site of a source that is missing, so it counts as unchanged.
      currentVersion: unchanged?.currentVersion ?? site.versions.current,
      chunker: unchanged?.chunker ?? chunkerOf(site),
      navigation: fingerprintOf(navigation),
    }
  })
  const [first] = scanned
  const generators = [...new Set(sources.map(({site}) => site))].join(', ')
  if (scanned.length === 1) {
    const {scan, site} = first!
    const rules = rulesOf(site)
    const chunker = sources[0]!.chunker
    const defaultLanguage = site.languages.default
    const outlineOf: OutlineMaker = (pages) => orderedPages([{...first!, name: ''}], pages)
    return {
      scan,
      rules,
      setup: setupOf(first!),
      chunker,
      generators,
      defaultLanguage,
      names: [],
      sources,
      outlineOf,
    }
  }
  const byName = <T>(pick: (one: ScannedSource) => T): Record<string, T> =>
    Object.fromEntries(scanned.map((one) => [one.source.name!, pick(one)]))
  return {
    scan: scanAmong(byName(({scan}) => scan)),
    rules: rulesAmong(byName(({site}) => rulesOf(site))),
    setup: {sources: byName(setupOf)},
    chunker: chunkerAmong(sources),
    generators,
    defaultLanguage: languageAmong(scanned.map(({site}) => site)),
    names: scanned.map(({source}) => source.name!),
    sources,
    outlineOf: (pages) =>
      orderedPages(
        scanned.map((one) => ({...one, name: one.source.name!})),
        pages,
      ),
  }
}

function setupOf({scan: {root, project, dataDir}, site}: ScannedSource): SourceSetup {
  return {root, project, dataDir, site}
}

function scanAmong(scans: Readonly<Record<string, FolderScan>>): Scan {
  const all = <T extends {readonly path: string}>(pick: (scan: FolderScan) => readonly T[]): T[] =>
    Object.entries(scans)
      .flatMap(([name, scan]) => pick(scan).map((one) => ({...one, path: pathAmong(name, one.path)})))
      .sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0))
  return {
    sources: Object.fromEntries(
      Object.entries(scans).map(([name, {root, project, dataDir}]) => [name, {root, project, dataDir}]),
    ),
    files: all(({files}) => files),
    diagnostics: all(({diagnostics}) => diagnostics),
    unreadable: all(({unreadable}) => unreadable),
    otherFormats: sumsOf(Object.values(scans).map(({otherFormats}) => otherFormats)),
  }
}

function sumsOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>()
  for (const [name, count] of counts.flatMap((one) => Object.entries(one))) {
    sums.set(name, (sums.get(name) ?? 0) + count)
  }
  return Object.fromEntries(sums)
}

function fingerprintOf(navigation: SiteNavigation): string {
  return createHash('sha256').update(JSON.stringify(navigation)).digest('hex').slice(0, 12)
}

/** The language that the configurations agree on. */
function languageAmong(sites: readonly Site[]): string | null {
  const languages = new Set(sites.flatMap((site) => site.languages.default ?? []))
  return languages.size === 1 ? [...languages][0]! : null
}

function chunkerAmong(sources: readonly {readonly name: string | null; readonly chunker: string}[]): string {
  const parts = sources.map(({name, chunker}) => [name, chunker]).sort()
  return `several-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24)}`
}
