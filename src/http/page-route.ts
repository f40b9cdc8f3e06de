import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Router} from 'express'
import type {CurrentBuild, IndexBuild, StoredPage} from '../search-index/index.ts'
import {html} from './html.ts'

export interface PageRouteDeps {
  /** Folder of the built web assets. */
  readonly webDir: string
  readonly current: CurrentBuild
  /** Hosts whose images answers may show. */
  readonly imageHosts: readonly string[]
}

const maxTopics = 5
const maxTitleLength = 44
const element = '<docs-assistant mode="page"'

/** Adds the visitor's page: the built one, told which pages there are to ask about and whose images it may show. */
export function addPageRoute(router: Router, {webDir, current, imageHosts}: PageRouteDeps): void {
  const built = readFileSync(join(webDir, 'index.html'), 'utf8')
  let kept: {readonly build: string | null; readonly page: string} | null = null

  router.get(['/', '/index.html'], (_request, response) => {
    // The page must not be older than the widget it names.
    response.setHeader('cache-control', 'no-cache')
    if (kept === null || kept.build !== current.id) kept = {build: current.id, page: filled()}
    response.type('html').send(kept.page)
  })

  function filled(): string {
    const attributes = html`${imageHosts.length === 0 ? null : html` image-hosts="${imageHosts.join(' ')}"`}${
      current.id === null ? null : html` pages="${topics().join('|')}"`
    }`
    return built.replace(element, () => element + attributes.html)
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

/**
 * Titles of pages that are good to begin with: near the top of the folder, and with much to say.
 * Pages about other pages, as a start page or a list of changes, are none; nor is what to do when something fails.
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

function isTopic({path, title}: StoredPage): boolean {
  const name = path
    .split('/')
    .at(-1)!
    .replace(/\.mdx?$/, '')
  const isAboutOthers =
    /^(?:index|readme|change-?log|changes|history|releases?|release-notes|licen[cs]e|contributing|code-of-conduct|404|glossary|troubleshooting|faq)$/i
  return title.length <= maxTitleLength && !title.includes('|') && !isAboutOthers.test(name)
}

function depthOf({path}: StoredPage): number {
  return path.split('/').length - 1
}
