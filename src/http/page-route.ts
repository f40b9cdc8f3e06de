import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Router} from 'express'
import {withoutMarkdownEnding} from '../lib/markdown-name.ts'
import {isStartingPage} from '../retrieval/index.ts'
import type {CurrentBuild, IndexBuild, StoredPage} from '../search-index/index.ts'
import type {AssistantLook} from './assistant-look.ts'
import {html} from './html.ts'

export interface PageRouteDeps {
  /** Folder of the built web assets. */
  readonly webDir: string
  readonly current: CurrentBuild
  /** Hosts whose images answers may show. */
  readonly imageHosts: readonly string[]
  readonly assistant: () => AssistantLook
}

const maxTopics = 5
const maxTitleLength = 44
const element = '<docs-assistant mode="page"'

/** Adds the visitor's page: the built one, as the assistant is called, with what to ask first and the hosts of its images. */
export function addPageRoute(router: Router, {webDir, current, imageHosts, assistant}: PageRouteDeps): void {
  const template = readFileSync(join(webDir, 'index.html'), 'utf8')
  let cached: {readonly key: string; readonly page: string} | null = null

  router.get(['/', '/index.html'], (_request, response) => {
    // The page must not be older than the widget that it loads.
    response.setHeader('cache-control', 'no-cache')
    const look = assistant()
    const key = JSON.stringify([current.id, look])
    if (cached?.key !== key) cached = {key, page: renderPage(look)}
    response.type('html').send(cached.page)
  })

  function renderPage({name, suggestions = []}: AssistantLook): string {
    const isWithTopics = suggestions.length === 0 && current.id !== null
    const attributes = [
      attribute('heading', name ?? null),
      attribute('image-hosts', imageHosts.length === 0 ? null : imageHosts.join(' ')),
      attribute('questions', suggestions.length === 0 ? null : suggestions.join('|')),
      attribute('pages', isWithTopics ? topics().join('|') : null),
    ].join('')
    const page = template.replace(element, () => element + attributes)
    if (name === undefined) return page
    return page.replaceAll(/(<(title|h1)>)Docent(?=<)/g, (_, tag: string) => tag + html`${name}`.html)
  }

  function topics(): readonly string[] {
    const lease = current.lease()
    try {
      return topicsOf(lease.build)
    } finally {
      lease.release()
    }
  }
}

function attribute(name: string, value: string | null): string {
  return value === null ? '' : html` ${name}="${value}"`.html
}

/**
 * Titles of pages that are good to start with: near the top of the folder, and long. Pages about other pages, such as a
 * start page or a changelog, are left out, and so are tests and those about troubleshooting.
 */
export function topicsOf(build: Pick<IndexBuild, 'pages' | 'sectionCounts'>): readonly string[] {
  const sections = build.sectionCounts()
  const ranked = build
    .pages()
    .filter(isTopic)
    .map((page) => ({title: page.title, score: (sections.get(page.id) ?? 0) / 3 ** depthOf(page)}))
    .sort((a, b) => b.score - a.score)
  return [...new Set(ranked.map(({title}) => title))].slice(0, maxTopics)
}

function isTopic(page: StoredPage): boolean {
  const isLead = /^_?(?:index|readme)$/i.test(withoutMarkdownEnding(page.path.split('/').at(-1)!))
  return page.title.length <= maxTitleLength && !page.title.includes('|') && !isLead && isStartingPage(page)
}

function depthOf({path}: StoredPage): number {
  return path.split('/').length - 1
}
