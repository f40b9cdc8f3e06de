import {readdirSync, readFileSync, realpathSync, statSync} from 'node:fs'
import {homedir} from 'node:os'
import {basename, dirname, join, relative, sep} from 'node:path'
import {allGenerators, type Project, type ProjectFolder} from '../generators/index.ts'

/** How many folders above the content folder are searched for the root of its repository. */
const maxFoldersAbove = 12
/** The same for a site's configuration where there is no repository. */
const maxFoldersAboveWithoutRepository = 2
const maxConfigBytes = 512 * 1024
/** Folders of a package that are searched for a site's configuration, and those among them that hold others. */
const maxPackageFolders = 300
const workspaceFolders = /^(?:apps|packages|sites)\/$/
const otherFolders = /^(?:\..*|node_modules|vendor|examples?|fixtures?|tests?|templates?)\/$/i
/** Names of a folder that are looked at. */
const maxNames = 5000

/**
 * The root of the project that holds a folder: of its repository or, where there is none, the highest of the two folders
 * above with a generator's configuration, or the nearest with a `package.json` and such a configuration in it or in a
 * folder of it; else the folder itself. Never a home folder or the root of the file system.
 * `root` must be without symbolic links.
 */
export function projectRootOf(root: string): string {
  const above = foldersAbove(root)
  const repository = [root, ...above].find((folder) =>
    namesIn(folder).some((name) => /^\.git\/?$/.test(name)),
  )
  if (repository !== undefined) return repository
  const configured = above.slice(0, maxFoldersAboveWithoutRepository).findLast(hasConfig)
  if (configured !== undefined) return configured
  return (hasConfig(root) ? undefined : above.find(isPackageOfSite)) ?? root
}

function isPackageOfSite(folder: string): boolean {
  if (!namesIn(folder).includes('package.json')) return false
  const inside = foldersIn(folder)
  const workspaces = inside.filter((path) => workspaceFolders.test(`${basename(path)}/`)).flatMap(foldersIn)
  return [folder, ...inside, ...workspaces].slice(0, maxPackageFolders).some(hasConfig)
}

function foldersIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('/') && !otherFolders.test(name))
    .map((name) => join(folder, name.slice(0, -1)))
}

function foldersAbove(root: string): string[] {
  const home = homedir()
  const found: string[] = []
  for (let folder = dirname(root); found.length < maxFoldersAbove; folder = dirname(folder)) {
    if (folder === home || folder === dirname(folder)) break
    found.push(folder)
  }
  return found
}

function hasConfig(folder: string): boolean {
  const site = projectFolder(folder, '')
  return allGenerators.some((generator) => generator.find(site) !== null)
}

/** The project of a content folder, with its files by their paths below that folder. */
export function projectOf(
  {root, project}: {readonly root: string; readonly project: string},
  files: readonly {readonly path: string}[],
): Project {
  return {
    contentPath: relative(project, root).replaceAll(sep, '/'),
    files: files.map(({path}) => path),
    folder: (path) => projectFolder(project, path),
  }
}

function projectFolder(project: string, path: string): ProjectFolder {
  const home = join(project, path)
  const names = new Map<string, readonly string[]>()
  return {
    path,
    list(folder = '') {
      const known = names.get(folder)
      if (known !== undefined) return known
      const found = isSafe(folder) ? namesIn(join(home, folder)) : []
      names.set(folder, found)
      return found
    },
    read: (file) => (isSafe(file) ? readConfig(join(home, file), project) : null),
  }
}

function isSafe(path: string): boolean {
  return !path.split('/').includes('..') && !path.includes('\u0000')
}

/** Sorted; folders end in `/`. A folder that cannot be listed has no configuration. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, {withFileTypes: true})
      .slice(0, maxNames)
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort()
  } catch {
    return []
  }
}

/** Without a readable configuration, the generator's conventions apply. */
function readConfig(absolute: string, project: string): string | null {
  try {
    const real = realpathSync.native(absolute)
    const found = statSync(real)
    const isInside = real.startsWith(project.endsWith(sep) ? project : project + sep)
    return isInside && found.isFile() && found.size <= maxConfigBytes ? readFileSync(real, 'utf8') : null
  } catch {
    return null
  }
}
