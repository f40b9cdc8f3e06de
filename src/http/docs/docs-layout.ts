import {directionOf} from '../../lib/direction.ts'
import type {BuildPages, PageLookup, StoredPage} from '../../search-index/index.ts'
import {assetAddress} from '../assets.ts'
import {type Html, html, pageOf} from '../html.ts'
import {docsRouteOf, startPageOf} from './docs-lookup.ts'
import type {DocsPart} from './docs-outline.ts'
import {type DocsWords, docsLanguageOf, docsWordsIn} from './docs-words.ts'

export type ListedPages = PageLookup & Pick<BuildPages, 'outline' | 'pages'>

/** What pages of `/docs` are shown with. */
export interface DocsView {
  readonly pages: ListedPages
  /** Names of the build's sources if it has several. Default: none. */
  readonly sources?: readonly string[]
  /** Whether this server serves the widget. Default false. */
  readonly hasAssistant?: boolean
}

export interface LayoutOptions {
  readonly title: string
  readonly part: DocsPart
  readonly body: Html
  /** The side navigation. */
  readonly side: Html
  /** The table of contents. */
  readonly contents?: Html | null
  readonly description?: string | null
  readonly markdownRoute?: string
  readonly query?: string
  /** Search engines leave it out. */
  readonly isUnlisted?: boolean
}

/** The name of the docs: the title of their start page. */
export function docsNameOf(pages: PageLookup, words: DocsWords): string {
  return startPageOf(pages)?.title ?? words.docs
}

/** A page of `/docs` with its header, side navigation and search. */
export function layout(view: DocsView, options: LayoutOptions): string {
  const {title, part, body, side, contents = null, description = null, markdownRoute, query = ''} = options
  const words = docsWordsIn(part.lang)
  const name = docsNameOf(view.pages, words)
  const lang = part.lang ?? 'en'
  return pageOf({
    title: title === name ? name : `${title} · ${name}`,
    style: 'docs.css',
    lang,
    dir: directionOf(lang),
    head: html`<meta name="color-scheme" content="light dark">
${
  description === null
    ? null
    : html`<meta name="description" content="${description}">
`
}${
  options.isUnlisted
    ? html`<meta name="robots" content="noindex">
`
    : null
}${
  markdownRoute === undefined
    ? null
    : html`<link rel="alternate" type="text/markdown" href="${markdownRoute}">
`
}<link rel="describedby" type="text/markdown" href="/llms.txt">
<script src="${assetAddress('docs-first.js')}"${view.hasAssistant ? html` data-dock` : null}></script>
<script src="${assetAddress('docs-quotes.js')}" type="module"></script>
<script src="${assetAddress('docs.js')}" type="module"></script>`,
    body: html`<a class="skip" href="#content">${words.skip}</a>
<header class="top">
<a class="name" href="/docs/">${name}</a>
${searchForm(words, part, query)}
<div class="tools">
<button class="theme" type="button" title="${words.theme}" aria-label="${words.theme}"><svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z"/></svg></button>
<a class="ask" href="/">${words.ask}</a>
</div>
</header>
<div class="columns${contents === null ? null : ' has-contents'}">
<details class="menu"><summary>${words.pages}</summary></details>
<nav class="side" aria-label="${words.pages}">
${side}
<p class="all"><a href="/docs/?all=1">${words.allPages}</a></p>
</nav>
${contents}
<main id="content" tabindex="-1" data-copy="${words.copy}" data-copied="${words.copied}">
${body}
</main>
</div>
${view.hasAssistant ? html`<docs-assistant launcher="none" selection="main article" locale="${docsLanguageOf(lang)}"></docs-assistant>` : null}`,
  })
}

/** The search box. Without a script it opens the page of results; with one, results appear below it. */
export function searchForm(words: DocsWords, {lang, version}: DocsPart, query = ''): Html {
  const hidden = (name: string, value: string | null): Html | null =>
    value === null ? null : html`<input type="hidden" name="${name}" value="${value}">`
  return html`<form class="search" role="search" action="/docs/search">
<input type="search" name="q" value="${query}" placeholder="${words.searchHint}" aria-label="${words.searchHint}" autocomplete="off" spellcheck="false" maxlength="300" required>
${hidden('lang', lang)}${hidden('version', version)}<button>${words.search}</button>
</form>`
}

/** Links to the same page in other versions and languages. */
export function alternateLinks(
  page: StoredPage,
  alternates: readonly StoredPage[],
  {pages, words}: {readonly pages: PageLookup; readonly words: DocsWords},
): Html | null {
  const versions = alternates.filter(({lang, version}) => lang === page.lang && version !== page.version)
  const languages = alternates.filter(({lang, version}) => lang !== page.lang && version === page.version)
  const link = (other: StoredPage, name: string, lang: string | null): Html =>
    html` <a href="${docsRouteOf(pages, other)}"${lang === null ? null : html` hreflang="${lang}" lang="${lang}"`}>${name}</a>`
  if (page.version === null && versions.length === 0 && languages.length === 0) return null
  return html`<p class="facts">${
    page.version === null && versions.length === 0
      ? null
      : html`<span>${words.version}:${page.version === null ? null : html` <strong>${page.version}</strong>`}${versions
          .slice(0, maxAlternates)
          .map((other) => link(other, other.version ?? words.docs, null))}</span>`
  }${
    languages.length === 0
      ? null
      : html` <span>${words.language}:${languages
          .slice(0, maxAlternates)
          .map((other) => link(other, languageName(other.lang), other.lang))}</span>`
  }</p>`
}

const maxAlternates = 40

/** The name of a language in itself, as `Deutsch`. */
function languageName(lang: string | null): string {
  if (lang === null) return '–'
  try {
    return new Intl.DisplayNames([lang], {type: 'language'}).of(lang) ?? lang
  } catch {
    return lang
  }
}
