import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Router} from 'express'
import {headOf} from '../lib/cut.ts'
import {withoutMarkdownEnding} from '../lib/markdown-name.ts'
import {isStartingPage} from '../retrieval/index.ts'
import type {CurrentBuild, IndexBuild, StoredPage} from '../search-index/index.ts'
import {type Info, type InfoBody, infoOf} from './info-route.ts'
import {shellOf} from './page-shell.ts'
import {type PageStrings, pageLanguageOf, readPageStrings} from './page-strings.ts'

export interface PageRouteDeps {
  /** Folder of the built web assets. */
  readonly webDir: string
  readonly current: CurrentBuild
  /** Hosts whose images answers may show. */
  readonly imageHosts: readonly string[]
  readonly info: Info
}

const maxTopics = 5
const maxTitleLength = 44
/** As the search takes it. */
const maxQuestionChars = 300

/**
 * Adds the visitor's page: the built one, in the reader's language, with what the assistant is called and looks like, so
 * that it is right before its script runs.
 */
export function addPageRoute(router: Router, {webDir, current, imageHosts, info}: PageRouteDeps): void {
  const template = readFileSync(join(webDir, 'index.html'), 'utf8')
  let strings: ReadonlyMap<string, PageStrings> | null = null
  let cached: {readonly key: string; readonly topics: readonly string[]} | null = null

  router.get(['/', '/index.html'], (request, response) => {
    const {lang: asked, q} = request.query
    strings ??= readPageStrings(webDir)
    const body = infoOf(info)
    const lang = pageLanguageOf(strings.keys(), [
      ...(typeof asked === 'string' ? [asked] : []),
      ...request.acceptsLanguages(),
    ])
    // The page must not be older than the widget that it loads.
    response.setHeader('cache-control', 'no-cache')
    response.vary('Accept-Language')
    response.type('html').send(
      shellOf(template, {
        lang,
        strings: strings.get(lang)!,
        info: body,
        imageHosts,
        topics: topicsFor(body),
        question: typeof q === 'string' ? headOf(q.trim(), maxQuestionChars) : '',
        hasLook: lookStyles(body.assistant) !== '',
      }),
    )
  })

  // What is set cannot stand in the page itself, whose policy allows no styles.
  router.get('/look.css', (_request, response) => {
    response.setHeader('cache-control', 'no-cache')
    response.type('css').send(lookStyles(info.assistant()))
  })

  /** Topics to ask about; none where questions are suggested. */
  function topicsFor({assistant: {suggestions = []}}: InfoBody): readonly string[] {
    if (suggestions.length > 0 || current.id === null) return []
    if (cached?.key !== current.id) cached = {key: current.id, topics: topics()}
    return cached.topics
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

/** The style sheet of colour and radius, for the page before its script runs; empty where neither is set. */
function lookStyles({accent, radius}: InfoBody['assistant']): string {
  const values = [
    accent === undefined ? '' : `--look-accent:light-dark(${accent.split(' ').join()})`,
    radius === undefined ? '' : `--look-radius:${radius}px`,
  ].filter(Boolean)
  return values.length === 0 ? '' : `docs-assistant{${values.join(';')}}`
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
