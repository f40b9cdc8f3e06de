import type {BuildPages, StoredPage} from '../../../search-index/index.ts'
import {type OutlineNode, pageNodesIn, treeOf} from '../docs-outline.ts'

/** Pages under one heading of a list, in reading order. */
export interface PageGroup {
  /** Null for pages in no group. */
  readonly title: string | null
  readonly pages: readonly StoredPage[]
}

type WithOutline = Pick<BuildPages, 'outline'>

/** Some pages in reading order, each once. @param isListed chooses them */
export function pagesInOrder(
  pages: WithOutline,
  isListed: (page: StoredPage) => boolean,
): readonly StoredPage[] {
  return listedIn(treeOf(pages, null), isListed, new Set())
}

/**
 * Some pages as the docs group them at the top of their outline, those in no group first. Where the docs have several
 * sources, each a group of its own, the groups inside these.
 */
export function pageGroups(
  pages: WithOutline,
  isListed: (page: StoredPage) => boolean,
  hasSources: boolean,
): readonly PageGroup[] {
  const shown = new Set<number>()
  const alone: OutlineNode[] = []
  const groups: PageGroup[] = []
  const add = (nodes: readonly OutlineNode[], above: string | null): void => {
    for (const node of nodes) {
      const {title, below} = node
      const isWhole = nodes.length === 1 || (hasSources && above === null)
      if (below.length === 0) {
        if (above === null) alone.push(node)
        else groups.push({title: above, pages: listedIn([node], isListed, shown)})
      } else if (isWhole && below.some((inner) => inner.below.length > 0)) {
        const name = hasSources ? title : null
        add([{...node, below: []}], name)
        add(below, name)
      } else {
        const name = above === null ? title : `${above} › ${title}`
        groups.push({title: name, pages: listedIn([node], isListed, shown)})
      }
    }
  }
  add(treeOf(pages, null), null)
  const ungrouped = {title: null, pages: listedIn(alone, isListed, shown)}
  return merged([ungrouped, ...groups]).filter((group) => group.pages.length > 0)
}

function listedIn(
  nodes: readonly OutlineNode[],
  isListed: (page: StoredPage) => boolean,
  shown: Set<number>,
): readonly StoredPage[] {
  return pageNodesIn(nodes).flatMap(({page}) => {
    if (shown.has(page.id) || !isListed(page)) return []
    shown.add(page.id)
    return [page]
  })
}

/** Groups of one title as one, at the place of the first. */
function merged(groups: readonly PageGroup[]): readonly PageGroup[] {
  const byTitle = new Map<string | null, StoredPage[]>()
  for (const {title, pages} of groups) {
    const known = byTitle.get(title)
    if (known === undefined) byTitle.set(title, [...pages])
    else known.push(...pages)
  }
  return [...byTitle].map(([title, pages]) => ({title, pages}))
}
