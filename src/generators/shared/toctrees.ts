import {posix} from 'node:path'
import type {NavigationItem} from '../generator.ts'
import {matchesAny} from './patterns.ts'
import type {ProjectFolder} from './project-folder.ts'

const maxPages = 5000
const pageEnding = /\.(?:md|markdown|rst)$/

/**
 * The navigation of a Sphinx project: its first page, its toctrees, of the pages that they name, and so on. `home` is the
 * folder of pages below the site's; null if the first page has none.
 */
export function toctreeNavigation(
  folder: ProjectFolder,
  home: string,
  first: string,
): NavigationItem[] | null {
  const seen = new Set<string>()
  const items = itemsBelow(folder, home, first, seen)
  return items.length > 0
    ? [{title: null, path: posix.join(folder.path, home, first), items: []}, ...items]
    : null
}

function itemsBelow(folder: ProjectFolder, home: string, page: string, seen: Set<string>): NavigationItem[] {
  if (seen.has(page) || seen.size >= maxPages) return []
  seen.add(page)
  const text = ['.md', '.markdown', '.rst'].reduce<string | null>(
    (found, ending) => found ?? folder.read(posix.join(home, page + ending)),
    null,
  )
  if (text === null) return []
  return toctreesIn(text).flatMap(({caption, hasGlobs, isReversed, entries}) => {
    const items = entries.flatMap(({title, target}): NavigationItem[] => {
      const path = target.startsWith('/') ? target.slice(1) : posix.join(posix.dirname(page), target)
      if (path.startsWith('../')) return []
      const isGlob = hasGlobs && /[*?[]/.test(path)
      return (isGlob ? pagesMatching(folder, home, path) : [path.replace(pageEnding, '')]).map((bare) => ({
        title,
        path: posix.join(folder.path, home, bare),
        items: itemsBelow(folder, home, bare, seen),
      }))
    })
    const ordered = isReversed ? items.reverse() : items
    return caption === null ? ordered : [{title: caption, path: null, items: ordered}]
  })
}

/** The pages below `home` that a glob names, without extension, sorted; `*` and `?` stand for no slash. */
export function pagesMatching(folder: ProjectFolder, home: string, glob: string): string[] {
  const found: string[] = []
  const waiting = [posix.dirname(glob.replace(/[*?[].*$/s, '_'))]
  for (let n = 0; n < waiting.length && n < maxPages; n++) {
    for (const name of folder.list(posix.join(home, waiting[n]!))) {
      const path = posix.join(waiting[n]!, name)
      if (name.endsWith('/')) waiting.push(path.slice(0, -1))
      else if (pageEnding.test(name)) found.push(path.replace(pageEnding, ''))
    }
  }
  return found.filter((path) => matchesAny(path, [glob])).sort()
}

interface Toctree {
  readonly caption: string | null
  readonly hasGlobs: boolean
  readonly isReversed: boolean
  readonly entries: readonly {readonly title: string | null; readonly target: string}[]
}

/** The toctrees of a page in MyST (a fence of backticks or colons) or in reStructuredText. */
function toctreesIn(text: string): Toctree[] {
  const found: Toctree[] = []
  const lines = text.split(/\r?\n/)
  for (let n = 0; n < lines.length; n++) {
    const fence = /^[ \t]*(`{3,}|:{3,})\{toctree\}/.exec(lines[n]!)?.[1]
    const rst = /^[ \t]*\.\. toctree::/.test(lines[n]!)
    if (fence === undefined && !rst) continue
    const body: string[] = []
    for (n++; n < lines.length; n++) {
      const line = lines[n]!
      if (fence === undefined ? /^\S/.test(line) : line.trim().startsWith(fence)) break
      body.push(line.trim())
    }
    if (rst) n--
    found.push(toctreeOf(body))
  }
  return found
}

function toctreeOf(body: readonly string[]): Toctree {
  const caption = body
    .map((line) => /^:?caption:[ \t]*(.+)$/.exec(line)?.[1])
    .find((value) => value !== undefined)
  const blocks =
    body.filter((line) => line === '---').length >= 2 ? body.slice(body.lastIndexOf('---') + 1) : body
  const entries = blocks.flatMap((line) => {
    if (line === '' || /^:[\w-]+:/.test(line) || line === 'self') return []
    const titled = /^(.*?)\s*<([^<>]+)>$/.exec(line)
    const target = titled ? titled[2]! : line
    return /^[a-z][a-z0-9+.-]*:/i.test(target) ? [] : [{title: titled?.[1] || null, target}]
  })
  const hasOption = (name: string): boolean => body.some((line) => new RegExp(`^:?${name}:`).test(line))
  return {
    caption: caption?.replace(/^(["'])(.*)\1$/, '$2') ?? null,
    hasGlobs: hasOption('glob'),
    isReversed: hasOption('reversed'),
    entries,
  }
}
