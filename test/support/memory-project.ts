import {findSite, type Project, type ProjectFolder, rulesOf, type Site} from '../../src/generators/index.ts'
import type {SiteRules} from '../../src/markdown/index.ts'

/** A project of files in memory, by their paths below its root. Markdown files below `contentPath` are its content. */
export function memoryProject(files: Readonly<Record<string, string>>, contentPath = ''): Project {
  const paths = Object.keys(files).sort()
  const start = contentPath === '' ? '' : `${contentPath}/`
  return {
    contentPath,
    files: paths
      .filter((path) => path.startsWith(start) && /\.(?:mdx?|markdown)$/.test(path))
      .map((path) => path.slice(start.length)),
    folder: (path) => folderOf(files, paths, path),
  }
}

function folderOf(
  files: Readonly<Record<string, string>>,
  paths: readonly string[],
  path: string,
): ProjectFolder {
  const below = (name: string): string => [path, name].filter(Boolean).join('/')
  const known = new Map<string, readonly string[]>()
  return {
    path,
    list(folder = '') {
      const listed = known.get(folder)
      if (listed) return listed
      const home = below(folder)
      const start = home === '' ? '' : `${home}/`
      const names = paths
        .filter((file) => file.startsWith(start))
        .map((file) => file.slice(start.length).replace(/\/.*$/, '/'))
      const list = [...new Set(names)].sort()
      known.set(folder, list)
      return list
    },
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
