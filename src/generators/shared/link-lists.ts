import {posix} from 'node:path'
import type {NavigationItem} from '../generator.ts'

const maxLines = 20_000

interface Level {
  readonly indent: number
  readonly items: NavigationItem[]
}

/**
 * The navigation in a Markdown file of nested lists of links, such as `SUMMARY.md`: headings are groups, and paths are
 * below `home`. Links outside lists count too, links to other sites do not.
 */
export function itemsOfLinks(text: string, home: string): NavigationItem[] {
  const top: NavigationItem[] = []
  let levels: Level[] = [{indent: -1, items: top}]
  for (const line of text.split(/\r?\n/, maxLines)) {
    const [, marks, heading] = /^(#{1,6})[ \t]+(.+)$/.exec(line) ?? []
    if (heading !== undefined) {
      const items: NavigationItem[] = []
      // The first one is the title of the whole list.
      const isTitle = marks === '#' && top.length === 0
      if (!isTitle) top.push({title: plainTitle(heading), path: null, items})
      levels = [{indent: -1, items: isTitle ? top : items}]
      continue
    }
    const link = /^([ \t]*)(?:[-*+][ \t]+)?\[((?:\\.|[^\]\\])*)\]\(<?([^)>]*?)>?(?:[ \t]+"[^"]*")?\)/.exec(
      line,
    )
    const group = link ? null : /^([ \t]*)[-*+][ \t]+(.+)$/.exec(line)
    if (!link && !group) continue
    const indent = (link ?? group)![1]!.replaceAll('\t', '    ').length
    while (levels.at(-1)!.indent >= indent) levels.pop()
    const items: NavigationItem[] = []
    levels.at(-1)!.items.push({
      title: plainTitle((link ?? group)![2]!),
      path: link ? pathOf(link[3]!, home) : null,
      items,
    })
    levels.push({indent, items})
  }
  return top
}

/** All paths of a navigation, each once. */
export function pathsIn(items: readonly NavigationItem[]): string[] {
  const paths = items.flatMap((item) => [...(item.path === null ? [] : [item.path]), ...pathsIn(item.items)])
  return [...new Set(paths)]
}

function pathOf(target: string, home: string): string | null {
  if (target === '' || /^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i.test(target)) return null
  const path = target.replace(/[#?].*$/s, '')
  const joined = posix.join(home, decoded(path))
  return joined.startsWith('../') ? null : joined
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // Not URI-encoded: used as written.
    return path
  }
}

function plainTitle(text: string): string {
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/\\(.)/g, '$1')
    .replace(/[*_`]/g, '')
    .trim()
}
