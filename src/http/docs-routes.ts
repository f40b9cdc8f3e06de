import {posix} from 'node:path'
import type {Response, Router} from 'express'
import type {BuildLease, CurrentBuild, IndexBuild, StoredPage} from '../index/build.ts'
import {renderPage} from '../markdown/index.ts'
import {type Html, html, pageOf, trusted} from './html.ts'

export interface DocsRoutesDeps {
  readonly current: CurrentBuild
  /** Hosts whose images pages may show. */
  readonly imageHosts: readonly string[]
}

/** Rendered pages kept. */
const pagesKept = 200

/** Adds the ingested pages to a router, as HTML and as `….md`. */
export function addDocsRoutes(router: Router, {current, imageHosts}: DocsRoutesDeps): void {
  /** By build and page: a build never changes, so neither does its page. Oldest out first. */
  const rendered = new Map<string, string>()

  router.get(['/docs', '/docs/*route'], (request, response) => {
    const lease = current.lease()
    try {
      sendDocs(routeOf(request.params), response, lease)
    } finally {
      lease.release()
    }
  })

  function sendDocs(route: string, response: Response, {build}: BuildLease): void {
    response.setHeader('cache-control', 'no-cache')
    const page = pageAt(build, route)
    if (page) {
      response.type('html').send(htmlOf(page, build))
      return
    }
    const source = /\.mdx?$/.test(route) ? markdownAt(build, route) : null
    if (source !== null) {
      response.type('text/markdown; charset=utf-8').send(source)
      return
    }
    if (route === '/') {
      response.type('html').send(layout({title: 'All pages', body: listOf(build)}))
      return
    }
    response
      .status(404)
      .type('html')
      .send(
        layout({
          title: 'No such page',
          body: html`<h1>No such page</h1>
<p>There is no page at <code>${route}</code> in the docs that are indexed now. <a href="/docs/">All pages</a></p>`,
        }),
      )
  }

  function htmlOf(page: StoredPage, build: IndexBuild): string {
    const key = `${build.manifest.id}/${page.id}`
    const kept = rendered.get(key)
    if (kept !== undefined) return kept
    const content = renderPage(build.markdownOf(page.id) ?? '', {
      anchors: build.sectionsOf(page.id).flatMap(({depth, anchor}) => (depth > 0 ? [anchor] : [])),
      imageHosts,
      linkOf: (link) => linkOf(link, page, build),
    })
    const heading = /<h1[ >]/.test(content) ? null : html`<h1>${page.title}</h1>`
    const body = html`<article>${heading}${trusted(withAnchorLinks(content))}</article>
${page.url === '/' ? html`<hr>${listOf(build)}` : null}`
    const whole = layout({title: page.title, lang: page.lang, body, twin: twinOf(page)})
    rendered.set(key, whole)
    if (rendered.size > pagesKept) rendered.delete(rendered.keys().next().value!)
    return whole
  }
}

/** `/docs/guides/auth/` → `/guides/auth`; Express has decoded each segment. */
function routeOf(params: Readonly<Record<string, unknown>>): string {
  const segments = params['route']
  const parts = Array.isArray(segments) ? segments.map(String).filter(Boolean) : []
  return `/${parts.join('/')}`
}

function pageAt(build: IndexBuild, route: string): StoredPage | null {
  const byUrl = build.pageByUrl(route) ?? build.pageByUrl(`${route.replace(/\/$/, '')}/`)
  if (byUrl) return byUrl
  // Pages whose own address lies on another site are found by their file.
  const path = route.slice(1)
  if (/\.mdx?$/.test(path)) return null
  for (const candidate of [`${path}.md`, `${path}.mdx`, `${path}/index.md`, `${path}/index.mdx`]) {
    const page = build.pageByPath(candidate.replace(/^\//, ''))
    if (page) return page
  }
  return null
}

function markdownAt(build: IndexBuild, route: string): string | null {
  const withoutEnding = route.replace(/\.mdx?$/, '')
  const page =
    build.pageByPath(route.slice(1)) ??
    pageAt(build, withoutEnding) ??
    (withoutEnding === '/index' ? pageAt(build, '/') : null)
  return page && build.markdownOf(page.id)
}

/** Where a page of the build is on this server. */
export function docsRouteOf(page: Pick<StoredPage, 'url' | 'path'>): string {
  const route = page.url.startsWith('/')
    ? page.url
    : `/${page.path.replace(/(?:^|\/)index\.mdx?$|\.mdx?$/, '')}`
  return `/docs${encodeURI(route)}`
}

/** A link written in a page, as files lie or as the site routes them, to where that page is on this server. */
function linkOf(link: string, from: StoredPage, build: IndexBuild): string | null {
  const [, address = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(link) ?? []
  const path = decoded(address.replace(/\?.*$/s, ''))
  if (path === null || path === '') return null
  const file = posix.normalize(
    path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(from.path), path),
  )
  const route = posix.normalize(path.startsWith('/') ? path : posix.join(from.url, '..', path))
  const page = build.pageByPath(file) ?? pageAt(build, `/${file.replace(/\/$/, '')}`) ?? pageAt(build, route)
  return page && docsRouteOf(page) + fragment
}

function decoded(text: string): string | null {
  try {
    return decodeURI(text)
  } catch {
    return null
  }
}

/** A link to itself in each heading. The markup is the sanitiser's: text in it holds no tags. */
function withAnchorLinks(markup: string): string {
  return markup.replace(
    /(<h[1-6] id="([^"]+)">)([\s\S]*?)(<\/h[1-6]>)/g,
    (_, start, id, inner, end) =>
      `${start}${inner}<a class="anchor" href="#${id}" aria-label="Link to this section">#</a>${end}`,
  )
}

function twinOf(page: StoredPage): string {
  return page.url === '/' ? '/docs/index.md' : `${docsRouteOf(page).replace(/\/$/, '')}.md`
}

function listOf(build: IndexBuild): Html {
  const pages = [...build.pages()].sort((a, b) => (a.path < b.path ? -1 : 1))
  return html`<h2>All pages</h2>
<ul class="pages">
${pages.map(
  (page) => html`<li><a href="${docsRouteOf(page)}">${page.title}</a>${
    page.version === null ? null : html` <span class="muted">${page.version}</span>`
  }</li>
`,
)}</ul>`
}

function layout(options: {
  readonly title: string
  readonly body: Html
  readonly lang?: string | null
  readonly twin?: string
}): string {
  const {title, body, lang = null, twin} = options
  return pageOf({
    title,
    lang,
    head: twin === undefined ? null : html`<link rel="alternate" type="text/markdown" href="${twin}">`,
    body: html`<nav class="bar" aria-label="Docs">
<a href="/">Ask the assistant</a>
<a href="/docs/">All pages</a>
${twin === undefined ? null : html`<a class="end" href="${twin}">Markdown</a>`}
</nav>
<main>
${body}
</main>`,
  })
}
