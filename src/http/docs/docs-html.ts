import type {StoredPage} from '../../search-index/index.ts'
import {type Html, html, trusted} from '../html.ts'
import type {ContentsEntry} from './docs-article.ts'
import {alternateLinks, type DocsView, docsNameOf, layout} from './docs-layout.ts'
import {markdownRouteOf, startPageOf} from './docs-lookup.ts'
import {
  cardsOf,
  contentsOf,
  type NavigationOptions,
  neighboursOf,
  sideOf,
  trailOf,
  wholeList,
} from './docs-navigation.ts'
import {
  alternatesOf,
  type DocsPart,
  firstPart,
  type OutlineNode,
  partOf,
  trailTo,
  treeOf,
} from './docs-outline.ts'
import {type DocsWords, docsWordsIn} from './docs-words.ts'

export type {DocsView} from './docs-layout.ts'

/** A page as it is rendered. */
export interface Article {
  /** From the sanitiser. */
  readonly content: string
  readonly contents: readonly ContentsEntry[]
}

/** A page with its sanitised content and everything around it. The start page also shows the top of the outline. */
export function articlePage(page: StoredPage, {content, contents}: Article, view: DocsView): string {
  const heading = /<h1[ >]/.test(content) ? null : html`<h1>${page.title}</h1>`
  return aroundPage(page, view, {
    contents,
    article: html`${heading}${trusted(content)}`,
  })
}

/** A page that shows its Markdown source, and the reason for that. */
export function plainPage(
  page: StoredPage,
  {markdown, why}: {readonly markdown: string; readonly why: 'tooHeavy' | 'tooBusy'},
  view: DocsView,
): string {
  const words = docsWordsIn(page.lang)
  return aroundPage(page, view, {
    contents: [],
    article: html`<h1>${page.title}</h1>
<p class="note">${words[why]}</p>
<pre tabindex="0" role="group" aria-label="Markdown">${markdown}</pre>`,
  })
}

function aroundPage(
  page: StoredPage,
  view: DocsView,
  {article, contents}: {readonly article: Html; readonly contents: readonly ContentsEntry[]},
): string {
  const {pages, sources = []} = view
  const part = partOf(page, sources)
  const around = placeIn(part, view, page.id)
  const {words, nodes, trail} = around
  const markdownRoute = markdownRouteOf(pages, page)
  const isStart = startPageOf(pages)?.id === page.id
  const alternates = alternatesOf(page, pages)
  return layout(view, {
    title: page.title,
    description: page.description,
    part,
    markdownRoute,
    side: sideOf(nodes, around),
    contents: contentsOf(contents, words),
    body: html`${isStart ? null : trailOf(trail, around)}
<article>${article}</article>
${alternateLinks(page, alternates, {pages, words})}
${isStart ? cardsOf(nodes, around) : null}
${neighboursOf(page, nodes, around)}
<p class="facts"><a href="${markdownRoute}">Markdown</a></p>`,
  })
}

/** Where a reader is: the outline of the part of the docs, and the way down to the page. */
function placeIn(
  part: DocsPart,
  {pages}: DocsView,
  pageId: number | null = null,
): NavigationOptions & {
  readonly words: DocsWords
  readonly nodes: readonly OutlineNode[]
  readonly trail: readonly OutlineNode[]
} {
  const nodes = treeOf(pages, part)
  return {pages, words: docsWordsIn(part.lang), nodes, trail: pageId === null ? [] : trailTo(pageId, nodes)}
}

/** What stands at `/docs/` where no page does: search, and the top of the outline. */
export function landingPage(view: DocsView): string {
  const part = firstPart(view.pages)
  const around = placeIn(part, view)
  const {words, nodes} = around
  const name = docsNameOf(view.pages, words)
  return layout(view, {
    title: name,
    part,
    side: sideOf(nodes, around),
    body: html`<h1>${name}</h1>
${cardsOf(nodes, around)}`,
  })
}

/** The list of all pages, of all languages and versions. */
export function listPage(view: DocsView): string {
  const part = firstPart(view.pages)
  const around = placeIn(part, view)
  const {words, nodes} = around
  return layout(view, {
    title: words.allPages,
    part,
    side: sideOf(nodes, around),
    body: html`<h1>${words.allPages}</h1>
${wholeList(treeOf(view.pages, null), view.pages)}`,
  })
}

/** A page without a place in the docs: of search results, or for a route without a page. */
export function otherPage(
  view: DocsView,
  options: {readonly title: string; readonly part: DocsPart; readonly body: Html; readonly query?: string},
): string {
  const around = placeIn(options.part, view)
  return layout(view, {...options, side: sideOf(around.nodes, around), isUnlisted: true})
}

/** The page for a route without a page, with the pages that come nearest. */
export function missingPage(
  view: DocsView,
  {
    route,
    query,
    part,
    nearest,
  }: {
    readonly route: string
    /** The words of the route, to search for. */
    readonly query: string
    readonly part: DocsPart
    /** Null for none. */
    readonly nearest: Html | null
  },
): string {
  const words = docsWordsIn(part.lang)
  const [before, after] = words.missingText.split('{route}')
  return otherPage(view, {
    title: words.missing,
    part,
    query,
    body: html`<h1>${words.missing}</h1>
<p>${before!}<code><bdi>${route}</bdi></code>${after!}</p>
${
  nearest === null
    ? null
    : html`<h2>${words.nearest}</h2>
${nearest}`
}
<p><a href="/docs/">${words.docs}</a> · <a href="/docs/?all=1">${words.allPages}</a></p>`,
  })
}
