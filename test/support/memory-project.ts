import {posix} from 'node:path'
import {findSite, type Project, type ProjectFolder, rulesOf, type Site} from '../../src/generators/index.ts'
import type {SiteRules} from '../../src/markdown/index.ts'

/** A project of files in memory, by their paths below its root. Markdown files below `contentPath` are its content. */
export function memoryProject(files: Readonly<Record<string, string>>, contentPath = ''): Project {
  const paths = Object.keys(files).sort()
  const start = contentPath === '' ? '' : `${contentPath}/`
  const names = namesByFolder(paths)
  return {
    contentPath,
    files: paths
      .filter((path) => path.startsWith(start) && /\.(?:mdx?|markdown)$/.test(path))
      .map((path) => path.slice(start.length)),
    folder: (path) => folderOf(files, names, path),
  }
}

/** Names of files, and of folders with `/` at the end, by the folder that holds them. */
function namesByFolder(paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  for (const path of paths) {
    const parts = path.split('/')
    for (const [n, part] of parts.entries()) {
      const folder = parts.slice(0, n).join('/')
      const known = names.get(folder) ?? new Set()
      names.set(folder, known.add(n < parts.length - 1 ? `${part}/` : part))
    }
  }
  return names
}

function folderOf(
  files: Readonly<Record<string, string>>,
  names: ReadonlyMap<string, ReadonlySet<string>>,
  path: string,
): ProjectFolder {
  const below = (name: string): string => posix.join(path, name).replace(/^\.$|\/$/g, '')
  return {
    path,
    list: (folder = '') => [...(names.get(below(folder)) ?? [])].sort(),
    read: (file) => files[below(file)] ?? null,
  }
}

/** The site that is found in such a project. */
export function siteIn(files: Readonly<Record<string, string>>, contentPath = '', name?: string): Site {
  return findSite(memoryProject(files, contentPath), name ?? null)!
}

/** The rules of the site that is found in such a project. */
export function rulesIn(files: Readonly<Record<string, string>>, contentPath = ''): SiteRules {
  return rulesOf(siteIn(files, contentPath))
}
