import {oncePer} from '../../lib/once-per.ts'
import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'
import {
  type BuildPages,
  type OutlineEntry,
  type PageLookup,
  pageAtRoute,
  type StoredPage,
} from '../../search-index/index.ts'

/** An entry of the outline with those below it. */
export interface OutlineNode {
  readonly title: string
  readonly page: StoredPage | null
  readonly below: readonly OutlineNode[]
}

/** The part of the docs that a reader is in. Pages of other parts are no neighbours. */
export interface DocsPart {
  readonly lang: string | null
  /** Null for pages of no version. */
  readonly version: string | null
  /** What paths of its pages begin with; empty where the build has one source. */
  readonly folder: string
}

/** The part that a page belongs to. `sources` are the names of the build's sources if it has several. */
export function partOf({lang, version, path}: StoredPage, sources: readonly string[]): DocsPart {
  const source = sources.find((name) => path.startsWith(`${name}/`))
  return {lang, version, folder: source === undefined ? '' : `${source}/`}
}

/** The part that a reader meets first: that of the start page, or the one with most pages. */
export const firstPart = oncePer((pages: PageLookup & WithOutline): DocsPart => {
  const start = pageAtRoute(pages, '/')
  if (start !== null) return {lang: start.lang, version: start.version, folder: ''}
  const counts = new Map<string, {readonly part: DocsPart; pages: number}>()
  for (const {page} of entriesOf(pages)) {
    if (page === null) continue
    const {lang, version} = page
    const key = JSON.stringify([lang, version])
    const known = counts.get(key) ?? {part: {lang, version, folder: ''}, pages: 0}
    known.pages++
    counts.set(key, known)
  }
  const [most] = [...counts.values()].sort((one, other) => other.pages - one.pages)
  return most?.part ?? {lang: null, version: null, folder: ''}
})

type WithOutline = Pick<BuildPages, 'outline'>

const entriesOf = oncePer((pages: WithOutline) => pages.outline())

/** Of parts whose trees are kept, for each build. A part is named by readers, and need not be there. */
const maxTrees = 40
const treesOf = oncePer((_: WithOutline) => new TwoGenerationCache<string, readonly OutlineNode[]>(maxTrees))

/** The outline as a tree, without groups that have no page. Only pages of `part`; all for null. */
export function treeOf(pages: WithOutline, part: DocsPart | null): readonly OutlineNode[] {
  const trees = treesOf(pages)
  const key = JSON.stringify(part && [part.lang, part.version, part.folder])
  let tree = trees.get(key)
  if (tree === undefined) {
    tree = grownFrom(entriesOf(pages), part)
    trees.set(key, tree)
  }
  return tree
}

function grownFrom(entries: readonly OutlineEntry[], part: DocsPart | null): readonly OutlineNode[] {
  interface Growing extends OutlineNode {
    readonly below: Growing[]
  }
  const top: Growing[] = []
  const open: Growing[] = []
  for (const {depth, title, page} of entries) {
    const shown = page !== null && (part === null || isIn(part, page)) ? page : null
    const node: Growing = {title, page: shown, below: []}
    open.length = Math.min(open.length, depth)
    ;(open.at(-1)?.below ?? top).push(node)
    open.push(node)
  }
  const kept = (nodes: readonly Growing[]): Growing[] =>
    nodes.flatMap((node) => {
      const below = kept(node.below)
      return node.page === null && below.length === 0 ? [] : [{...node, below}]
    })
  return kept(top)
}

function isIn(part: DocsPart, page: StoredPage): boolean {
  return page.lang === part.lang && page.version === part.version && page.path.startsWith(part.folder)
}

/** The nodes from the outermost down to that of a page; empty when it is in none. */
export function trailTo(pageId: number, nodes: readonly OutlineNode[]): readonly OutlineNode[] {
  for (const node of nodes) {
    if (node.page?.id === pageId) return [node]
    const rest = trailTo(pageId, node.below)
    if (rest.length > 0) return [node, ...rest]
  }
  return []
}

/** All nodes with a page, in order. */
export function pageNodesIn(
  nodes: readonly OutlineNode[],
): readonly (OutlineNode & {readonly page: StoredPage})[] {
  return nodes.flatMap((node) => {
    const below = pageNodesIn(node.below)
    return node.page === null ? below : [{...node, page: node.page}, ...below]
  })
}

/** Number of nodes. */
export function sizeOf(nodes: readonly OutlineNode[]): number {
  return nodes.reduce((sum, {below}) => sum + 1 + sizeOf(below), 0)
}

/**
 * The pages that show the same in another version or language: those whose addresses are alike but for their language and
 * version. The page itself is not among them.
 */
export function alternatesOf(page: StoredPage, pages: WithPages): readonly StoredPage[] {
  const alike = pagesByBareAddress(pages).get(bareAddressOf(page)) ?? []
  return alike.filter(
    (other) => other.id !== page.id && (other.lang !== page.lang || other.version !== page.version),
  )
}

type WithPages = Pick<BuildPages, 'pages'>

const pagesByBareAddress = oncePer((pages: WithPages) => {
  const byAddress = new Map<string, StoredPage[]>()
  for (const page of pages.pages()) {
    const key = bareAddressOf(page)
    const alike = byAddress.get(key)
    if (alike === undefined) byAddress.set(key, [page])
    else alike.push(page)
  }
  return byAddress
})

function bareAddressOf({url, lang, version}: StoredPage): string {
  const left = [lang, version, version === null ? null : `v${version}`].map((name) => name?.toLowerCase())
  return url
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '' && !left.includes(part))
    .join('/')
}
