import {renderPage} from '../../markdown/index.ts'
import {serveTasks} from '../../processes/index.ts'
import type {BuildPages} from '../../search-index/index.ts'
import {openPages} from '../../search-index/index.ts'
import {compressText} from '../compressed-text.ts'
import type {LlmsRequest} from './agents/llms-text.ts'
import type {TwinPlace} from './agents/twin.ts'
import {type ContentsEntry, decorateArticle} from './docs-article.ts'
import {articlePage} from './docs-html.ts'
import {linkOf} from './docs-lookup.ts'
import {unrenderedText} from './docs-text.ts'
import {docsWordsIn} from './docs-words.ts'

export interface DocsSetup {
  /** Hosts whose images pages may show. */
  readonly imageHosts: readonly string[]
  /** Whether pages have the widget. */
  readonly hasAssistant: boolean
}

/**
 * What is shown of a build: a rendered page, a page that shows its Markdown source, the Markdown itself, the page at
 * `/docs/` where no page of the docs is, the list of all pages, the list for agents.
 */
export type DocsTarget =
  | {readonly kind: 'page' | 'plain'; readonly pageId: number}
  | {readonly kind: 'markdown'; readonly pageId: number; readonly place: TwinPlace}
  | {readonly kind: 'landing' | 'list'}
  | {readonly kind: 'llms'; readonly request: LlmsRequest}

export interface DocsTask {
  /** Folder of the build. */
  readonly folder: string
  /** Names of the build's sources if it has several. */
  readonly sources: readonly string[]
  readonly target: DocsTarget
}

serveTasks<DocsSetup, DocsTask>(async ({imageHosts, hasAssistant}) => {
  /** The build that was requested last. */
  let open: {readonly folder: string; readonly pages: BuildPages} | null = null

  function pagesOf(folder: string): BuildPages {
    if (open?.folder === folder) return open.pages
    open?.pages.close()
    open = null
    open = {folder, pages: openPages(folder)}
    return open.pages
  }

  function textOf({target, sources}: DocsTask, pages: BuildPages): string {
    const view = {pages, sources, hasAssistant}
    if (target.kind !== 'page') return unrenderedText(target, view, 'tooHeavy')
    const page = pages.pageById(target.pageId)
    const markdown = pages.markdownOf(target.pageId)
    if (page === null || markdown === null) throw new Error(`the build has no page ${target.pageId}`)
    let contents: readonly ContentsEntry[] = []
    const content = renderPage(markdown, {
      anchors: pages.sectionsOf(page.id).flatMap(({depth, anchor}) => (depth > 0 ? [anchor] : [])),
      imageHosts,
      linkOf: (link) => linkOf(link, page, pages, sources),
      decorate(tree) {
        contents = decorateArticle(tree, docsWordsIn(page.lang))
      },
    })
    return articlePage(page, {content, contents}, view)
  }

  return {
    ready: null,
    perform: (task) => compressText(textOf(task, pagesOf(task.folder)), 'quick'),
  }
})
