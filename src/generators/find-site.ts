import {posix} from 'node:path'
import {allGenerators, generatorNamed} from './all-generators.ts'
import type {Generator} from './generator.ts'
import {translationsIn} from './shared/languages.ts'
import {isBelow, rootOf} from './shared/page-roots.ts'
import type {ProjectFolder} from './shared/project-folder.ts'
import {versionsIn} from './shared/versions.ts'
import type {PageRoot, Site, SiteConfig} from './site.ts'

/** The project that holds the content folder. */
export interface Project {
  /** The content folder, below the project's root; empty if it is the root. */
  readonly contentPath: string
  /** Markdown files, below the content folder. */
  readonly files: readonly string[]
  /** A folder by its path below the project's root. */
  folder(path: string): ProjectFolder
}

interface Candidate {
  readonly generator: Generator
  readonly folder: string
  readonly foundIn: string | null
  readonly config: SiteConfig
  readonly roots: readonly PageRoot[]
  /** Number of files in its folders of pages. */
  readonly files: number
}

/** A site of the same project whose pages are not those of the site that was found. */
export interface OtherSite {
  readonly generator: string
  /** Its configuration file, below the project's root. */
  readonly foundIn: string
  /** The folder that holds its pages, below the project's root. */
  readonly home: string
  /** Number of files of the content folder in its folders of pages, and in those of no other site. */
  readonly files: number
}

/** Folders searched for configurations below the project's root and below the content folder. */
const maxFolders = 3000
const maxDepth = 4
/** Share of the files that a site below the content folder must hold: a smaller one is not what the folder is about. */
const minShare = 0.1

/** Folders of projects that are not the documentation's own. */
const otherProjects =
  /^(?:\..+|node_modules|vendor|third_party|examples?|fixtures?|tests?|__tests__|themes|exampleSite|templates?|starters?|archetypes)\/$/i

/**
 * Finds the site that the files of a content folder belong to, wherever in the project that folder is: of all sites in
 * the project, the one whose folders of pages hold most of the files. `name` decides on the generator instead of the
 * files. Configurations are read as text, never run.
 * @returns the plain site where no generator is found; null for an unknown name.
 */
export function findSite(project: Project, name: string | null = null): Site | null {
  return findSites(project, name)?.site ?? null
}

/** The same with the other sites of the project that have files in the content folder, the largest first. */
export function findSites(
  project: Project,
  name: string | null = null,
): {readonly site: Site; readonly others: readonly OtherSite[]} | null {
  if (name !== null && generatorNamed(name) === null) return null
  const found = candidatesIn(project)
  const candidates = found.filter(({generator}) => name === null || generator.name === name)
  const chosen = chosenOf(candidates, project) ?? conventional(project, generatorNamed(name ?? 'plain')!)
  return {site: completed(chosen, project), others: othersThan(chosen, found, project)}
}

/** A site around the chosen one is none of them: an old configuration in the project's root, say. */
function othersThan(chosen: Candidate, found: readonly Candidate[], project: Project): OtherSite[] {
  if (chosen.foundIn === null) return []
  const isIn = (path: string, {roots}: Candidate): boolean => rootOf(path, {roots}) !== null
  let left = pathsIn(project).filter((path) => !isIn(path, chosen))
  return found
    .filter((other) => other.files > 0 && !chosen.roots.some(({path}) => isIn(path, other)))
    .sort((one, other) => other.files - one.files)
    .flatMap((other): OtherSite[] => {
      const own = left.filter((path) => isIn(path, other))
      if (own.length === 0 || other.foundIn === null) return []
      left = left.filter((path) => !isIn(path, other))
      return [
        {
          generator: other.generator.name,
          foundIn: other.foundIn,
          home: homeOf(other.roots),
          files: own.length,
        },
      ]
    })
}

/** The folder that holds all folders of pages of a site. */
export function homeOf(roots: readonly PageRoot[]): string {
  const [first = [], ...others] = roots.map(({path}) => (path === '' ? [] : path.split('/')))
  const end = first.findIndex((name, n) => others.some((parts) => parts[n] !== name))
  return (end < 0 ? first : first.slice(0, end)).join('/')
}

function candidatesIn(project: Project): Candidate[] {
  const {contentPath} = project
  const paths = new Set([
    ...ancestorsOf(contentPath),
    ...foldersBelow(project, contentPath),
    ...foldersBelow(project, ''),
  ])
  return [...paths].flatMap((path) => {
    const folder = project.folder(path)
    return allGenerators.flatMap((generator) => {
      const found = generator.find(folder)
      if (!found) return []
      const foundIn = found.foundIn === null ? null : posix.join(path, found.foundIn)
      return [candidateOf(project, generator, path, {...found, foundIn})]
    })
  })
}

function candidateOf(
  project: Project,
  generator: Generator,
  folder: string,
  {foundIn, config}: {readonly foundIn: string | null; readonly config: SiteConfig},
): Candidate {
  const roots = (config.roots ?? generator.conventions.roots ?? [{path: '', base: config.base ?? ''}])
    .map(({path, base}) => ({path: below(folder, path), base}))
    .filter(({path}) => !/^\.\.(?:\/|$)/.test(path))
    .sort((one, other) => other.path.length - one.path.length)
  const files = pathsIn(project).filter((path) => rootOf(path, {roots}) !== null).length
  return {generator, folder, foundIn, config, roots, files}
}

/** Of the sites with at least half as many files as the largest and a fair share of all, the first by the order of generators, then the nearest. */
function chosenOf(found: readonly Candidate[], {contentPath, files}: Project): Candidate | null {
  const isAbove = ({folder}: Candidate): boolean => isBelow(contentPath, folder) || contentPath === folder
  const candidates = found.filter((one) => isAbove(one) || one.files >= minShare * files.length)
  const most = Math.max(0, ...candidates.map((candidate) => candidate.files))
  const possible =
    most > 0
      ? candidates.filter((candidate) => candidate.files >= most / 2)
      : files.length > 0
        ? candidates.filter(isAbove)
        : candidates
  const rank = (candidate: Candidate): readonly number[] => [
    allGenerators.indexOf(candidate.generator),
    isAbove(candidate) ? 0 : 1,
    isAbove(candidate) ? -depthOf(candidate.folder) : depthOf(candidate.folder),
    -candidate.files,
  ]
  return [...possible].sort((one, other) => compareLists(rank(one), rank(other)))[0] ?? null
}

/** A site without a configuration, by its generator's conventions. */
function conventional(project: Project, generator: Generator): Candidate {
  const {contentPath} = project
  const root = generator.conventions.roots?.find(
    ({path}) => path !== '' && (contentPath === path || contentPath.endsWith(`/${path}`)),
  )
  const folder = root ? contentPath.slice(0, -root.path.length).replace(/\/$/, '') : contentPath
  return candidateOf(project, generator, folder, {foundIn: null, config: {}})
}

function completed({generator, folder, foundIn, config, roots, files}: Candidate, project: Project): Site {
  const {conventions} = generator
  const paths = pathsIn(project)
  const translations = translationsIn(paths)
  const inFolder = (folders: Readonly<Record<string, string>> | undefined): Record<string, string> | null =>
    folders
      ? Object.fromEntries(Object.entries(folders).map(([path, value]) => [posix.join(folder, path), value]))
      : null
  const versions = config.versions
    ? {current: config.versions.current ?? null, folders: inFolder(config.versions.folders) ?? {}}
    : versionsIn(paths)
  return {
    generator: generator.name,
    foundIn,
    contentPath: project.contentPath,
    folder,
    roots,
    hasPages: foundIn !== null && files > 0,
    base: config.base ?? conventions.base ?? '',
    routeEnd: config.routeEnd ?? conventions.routeEnd ?? 'bare',
    includeFolders: (config.includeFolders ?? []).map((path) => below(folder, path)),
    params: config.params ?? {},
    languages: {
      default: config.languages?.default ?? translations.default,
      folders: inFolder(config.languages?.folders) ?? translations.folders,
      endings: config.languages?.endings ?? translations.endings,
    },
    versions,
    own: config.own ?? {},
  }
}

function pathsIn({contentPath, files}: Project): readonly string[] {
  return contentPath === '' ? files : files.map((path) => `${contentPath}/${path}`)
}

/** The folder itself and all above it, to the project's root. */
function ancestorsOf(path: string): string[] {
  const parts = path === '' ? [] : path.split('/')
  return Array.from({length: parts.length + 1}, (_, n) => parts.slice(0, parts.length - n).join('/'))
}

/** Folders below, level by level, so that a bound cuts the deepest. */
function foldersBelow(project: Project, start: string): string[] {
  const found: string[] = []
  let level = [start]
  for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
    const next: string[] = []
    for (const path of level) {
      if (found.length >= maxFolders) return found
      found.push(path)
      for (const name of project.folder(path).list()) {
        if (name.endsWith('/') && !otherProjects.test(name)) next.push(posix.join(path, name.slice(0, -1)))
      }
    }
    level = next
  }
  return found
}

/** A path of a configuration, below the project's root; empty for the root itself. */
function below(folder: string, path: string): string {
  return posix.join(folder, path).replace(/^\.$|\/$/g, '')
}

function depthOf(path: string): number {
  return path === '' ? 0 : path.split('/').length
}

function compareLists(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, n) => value !== other[n])
  return at < 0 ? 0 : one[at]! - other[at]!
}
