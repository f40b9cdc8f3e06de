import type {BuildPages, OutlineEntry, PageLookup, StoredPage} from '../../search-index/index.ts'
import {type Html, html, pageOf, trusted} from '../html.ts'
import {docsRouteOf, markdownRouteOf} from './docs-lookup.ts'

type ListedPages = PageLookup & Pick<BuildPages, 'outline'>

/**
 * A page with its sanitised content. The start page also lists all pages. `sources` are the names of the build's sources
 * if it has several.
 */
export function articlePage(
  page: StoredPage,
  content: string,
  pages: ListedPages,
  sources: readonly string[] = [],
): string {
  const heading = /<h1[ >]/.test(content) ? null : html`<h1>${page.title}</h1>`
  return layout({
    title: page.title,
    lang: page.lang,
    markdownRoute: markdownRouteOf(pages, page),
    body: html`<article>${heading}${trusted(withAnchorLinks(content))}</article>
${neighboursOf(page, pages, sources)}
${page.url === '/' ? html`<hr>${listOf(pages)}` : null}`,
  })
}

/** A page that shows its Markdown source, and the reason for that. */
export function plainPage(
  page: StoredPage,
  {markdown, why, pages}: {readonly markdown: string; readonly why: string; readonly pages: PageLookup},
): string {
  return layout({
    title: page.title,
    lang: page.lang,
    markdownRoute: markdownRouteOf(pages, page),
    body: html`<article><h1>${page.title}</h1>
<p class="muted">${why}</p>
<pre>${markdown}</pre></article>`,
  })
}

/** The list of all pages. */
export function listPage(pages: ListedPages): string {
  return layout({title: 'All pages', body: listOf(pages)})
}

/** The page for a route without a page. */
export function missingPage(route: string): string {
  return layout({
    title: 'No such page',
    body: html`<h1>No such page</h1>
<p>There is no page at <code>${route}</code> in the docs that are indexed now. <a href="/docs/">All pages</a></p>`,
  })
}

/** Adds an anchor link to each heading. The markup comes from the sanitiser, so its text contains no tags. */
function withAnchorLinks(markup: string): string {
  return markup.replace(
    /(<h[1-6] id="([^"]+)">)([\s\S]*?)(<\/h[1-6]>)/g,
    (_, start, id, inner, end) =>
      `${start}${inner}<a class="anchor" href="#${id}" aria-label="Link to this section">#</a>${end}`,
  )
}

function listOf(pages: ListedPages): Html {
  return html`<h2>All pages</h2>
${levelOf(treeOf(pages.outline()), pages)}`
}

interface Entry extends OutlineEntry {
  readonly below: Entry[]
}

function treeOf(entries: readonly OutlineEntry[]): readonly Entry[] {
  const top: Entry[] = []
  const open: Entry[] = []
  for (const entry of entries) {
    const made = {...entry, below: []}
    open.length = Math.min(open.length, entry.depth)
    const parent = open.at(-1)
    ;(parent?.below ?? top).push(made)
    open.push(made)
  }
  return top
}

function levelOf(entries: readonly Entry[], pages: ListedPages): Html {
  return html`<ul class="pages">
${entries.map(({title, page, below}) => {
  const version = page?.version ?? null
  return html`<li>${page === null ? title : html`<a href="${docsRouteOf(pages, page)}">${title}</a>`}${
    version === null ? null : html` <span class="muted">${version}</span>`
  }${below.length === 0 ? null : levelOf(below, pages)}</li>
`
})}</ul>
`
}

/** Links to the pages before and after one in the order of its project, in its language and version. */
function neighboursOf(page: StoredPage, pages: ListedPages, sources: readonly string[]): Html | null {
  const source = sources.find((name) => page.path.startsWith(`${name}/`))
  const isAlike = (other: StoredPage | null): boolean =>
    other !== null &&
    other.lang === page.lang &&
    other.version === page.version &&
    (source === undefined || other.path.startsWith(`${source}/`))
  const alike = pages.outline().filter((entry) => isAlike(entry.page))
  const at = alike.findIndex((entry) => entry.page!.id === page.id)
  const link = (entry: OutlineEntry | undefined, rel: 'prev' | 'next'): Html | null =>
    entry ? html`<a rel="${rel}" href="${docsRouteOf(pages, entry.page!)}">${entry.title}</a>` : null
  const [before, after] = at < 0 ? [null, null] : [link(alike[at - 1], 'prev'), link(alike[at + 1], 'next')]
  return before || after
    ? html`<nav class="neighbours" aria-label="Pages beside this one">${before}${after}</nav>`
    : null
}

function layout(options: {
  readonly title: string
  readonly body: Html
  readonly lang?: string | null
  readonly markdownRoute?: string
}): string {
  const {title, body, lang = null, markdownRoute} = options
  return pageOf({
    title,
    lang,
    head:
      markdownRoute === undefined
        ? null
        : html`<link rel="alternate" type="text/markdown" href="${markdownRoute}">`,
    body: html`<nav class="bar" aria-label="Docs">
<a href="/">Ask the assistant</a>
<a href="/docs/">All pages</a>
${markdownRoute === undefined ? null : html`<a class="end" href="${markdownRoute}">Markdown</a>`}
</nav>
<main>
${body}
</main>`,
  })
}
