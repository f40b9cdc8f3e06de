import type {PageLookup, StoredPage} from '../../search-index/index.ts'
import {type Html, html} from '../html.ts'
import type {ContentsEntry} from './docs-article.ts'
import {docsRouteOf, startPageOf} from './docs-lookup.ts'
import {type OutlineNode, pageNodesIn, sizeOf} from './docs-outline.ts'
import {type DocsWords, fill} from './docs-words.ts'

/** Up to so many entries the whole outline is sent; beyond, closed groups are links to their first page. */
const maxWholeOutline = 100
/** Entries of one level that are sent around the open one. */
const maxLevel = 60
const maxCards = 30
const maxCardLinks = 5

export interface NavigationOptions {
  readonly pages: PageLookup
  readonly words: DocsWords
  /** From the outermost group down to the current page. Default: no page is current. */
  readonly trail?: readonly OutlineNode[]
}

/** The side navigation: the groups of the current page are open. */
export function sideOf(nodes: readonly OutlineNode[], options: NavigationOptions): Html {
  return levelOf(nodes, {...options, isWhole: sizeOf(nodes) <= maxWholeOutline, depth: 0})
}

interface LevelOptions extends NavigationOptions {
  readonly isWhole: boolean
  readonly depth: number
}

function levelOf(nodes: readonly OutlineNode[], options: LevelOptions): Html {
  const {trail = [], depth, words} = options
  const at = nodes.indexOf(trail[depth]!)
  const from = Math.max(0, Math.min(at - maxLevel / 2, nodes.length - maxLevel))
  const shown = nodes.slice(from, from + maxLevel)
  const left = nodes.length - shown.length
  return html`<ul>
${shown.map((node) => itemOf(node, options))}${
  left === 0 ? null : html`<li><a class="more" href="/docs/?all=1">${fill(words.more, {n: left})}</a></li>\n`
}</ul>`
}

function itemOf(node: OutlineNode, options: LevelOptions): Html {
  const {trail = [], depth, isWhole, pages, words} = options
  const {title, page, below} = node
  const isOpen = trail[depth] === node
  const isCurrent = isOpen && depth === trail.length - 1
  const link = (target: StoredPage, isGroup: boolean): Html =>
    html`<a href="${docsRouteOf(pages, target)}"${isCurrent ? html` aria-current="page"` : null}${
      isGroup ? html` class="group"` : null
    }>${title}</a>`
  if (below.length === 0) return html`<li>${page === null ? title : link(page, false)}</li>\n`
  if (!isOpen && !isWhole) {
    const target = page ?? pageNodesIn(below)[0]?.page
    return html`<li>${target ? link(target, true) : title}</li>\n`
  }
  const list = levelOf(below, {...options, depth: depth + 1})
  const open = isOpen ? html` open` : null
  if (page === null) return html`<li><details${open}><summary>${title}</summary>${list}</details></li>\n`
  const label = fill(words.pagesBelow, {title})
  return html`<li class="split">${link(page, false)}<details${open}><summary aria-label="${label}"></summary>${list}</details></li>\n`
}

/** The whole outline, its inner groups closed. */
export function wholeList(nodes: readonly OutlineNode[], pages: PageLookup, depth = 0): Html {
  return html`<ul class="pages">
${nodes.map(({title, page, below}) => {
  const link = page === null ? null : html`<a href="${docsRouteOf(pages, page)}">${title}</a>`
  const version = page?.version ? html` <span class="muted">${page.version}</span>` : null
  if (below.length === 0) return html`<li>${link ?? title}${version}</li>\n`
  const own = link === null ? null : html`<p>${link}${version}</p>`
  return html`<li><details${depth === 0 && nodes.length === 1 ? html` open` : null}><summary>${title} <span class="muted">${pageNodesIn(below).length}</span></summary>${own}${wholeList(below, pages, depth + 1)}</details></li>\n`
})}</ul>`
}

/** The top of the outline as cards, with descriptions and the first pages of each group. */
export function cardsOf(given: readonly OutlineNode[], {pages, words}: NavigationOptions): Html {
  // One group around everything says nothing.
  const only = given.length === 1 ? given[0]! : null
  const nodes = only !== null && only.below.length > 0 ? only.below : given
  const shown = nodes
    .filter(({page}) => page === null || page.id !== startPageOf(pages)?.id)
    .slice(0, maxCards)
  return html`<ul class="cards">
${shown.map(({title, page, below}) => {
  const target = page ?? pageNodesIn(below)[0]?.page
  const links = below.slice(0, maxCardLinks).flatMap((node) => {
    const first = node.page ?? pageNodesIn(node.below)[0]?.page
    return first ? [html`<li><a href="${docsRouteOf(pages, first)}">${node.title}</a></li>`] : []
  })
  const description = page?.description ?? null
  return html`<li><h2>${target ? html`<a href="${docsRouteOf(pages, target)}">${title}</a>` : title}</h2>${
    description === null ? null : html`<p>${description}</p>`
  }${links.length === 0 ? null : html`<ul>${links}</ul>`}</li>
`
})}</ul>
<p><a href="/docs/?all=1">${words.allPages}</a></p>`
}

/** Links to the groups above a page; null at the top. */
export function trailOf(trail: readonly OutlineNode[], {pages, words}: NavigationOptions): Html | null {
  const above = trail.slice(0, -1)
  return html`<nav class="trail" aria-label="${words.trail}"><ol>
<li><a href="/docs/">${words.docs}</a></li>
${above.map(({title, page}) => html`<li>${page === null ? title : html`<a href="${docsRouteOf(pages, page)}">${title}</a>`}</li>\n`)}</ol></nav>`
}

/** Links to the pages before and after one in its part of the docs. */
export function neighboursOf(
  page: StoredPage,
  nodes: readonly OutlineNode[],
  {pages, words}: NavigationOptions,
): Html | null {
  const all = pageNodesIn(nodes)
  const at = all.findIndex((node) => node.page.id === page.id)
  const link = (node: (typeof all)[number] | undefined, rel: 'prev' | 'next', label: string): Html | null =>
    node
      ? html`<a rel="${rel}" href="${docsRouteOf(pages, node.page)}"><span>${label}</span>${node.title}</a>`
      : null
  const [before, after] =
    at < 0 ? [null, null] : [link(all[at - 1], 'prev', words.previous), link(all[at + 1], 'next', words.next)]
  return before || after
    ? html`<nav class="neighbours" aria-label="${words.beside}">${before}${after}</nav>`
    : null
}

/** The table of contents of a page; null for one with fewer than two sections. */
export function contentsOf(entries: readonly ContentsEntry[], words: DocsWords): Html | null {
  if (entries.length < 2) return null
  return html`<details class="contents-menu"><summary>${words.onThisPage}</summary></details>
<nav class="contents" aria-label="${words.onThisPage}">
<p aria-hidden="true">${words.onThisPage}</p>
<ul>
${entries
  .slice(0, maxContents)
  .map(({depth, anchor, title}) => html`<li class="h${depth}"><a href="#${anchor}">${title}</a></li>\n`)}</ul>
</nav>`
}

const maxContents = 150
