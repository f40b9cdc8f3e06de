import {renderPage} from '../../markdown/index.ts'
import {serveTasks} from '../../processes/index.ts'
import type {BuildPages} from '../../search-index/index.ts'
import {openPages} from '../../search-index/index.ts'
import {compressText} from '../compressed-text.ts'
import {articlePage} from './docs-html.ts'
import {linkOf} from './docs-lookup.ts'
import {unrenderedText} from './docs-text.ts'

export interface DocsSetup {
  /** Hosts whose images pages may show. */
  readonly imageHosts: readonly string[]
}

/** A view of a build: a rendered page, a page that shows its Markdown source, the Markdown itself, the list of pages. */
export type DocsView =
  | {readonly kind: 'page' | 'plain' | 'markdown'; readonly pageId: number}
  | {readonly kind: 'list'}

export interface DocsTask {
  /** Folder of the build. */
  readonly folder: string
  /** Names of the build's sources if it has several. */
  readonly sources: readonly string[]
  readonly view: DocsView
}

serveTasks<DocsSetup, DocsTask>(async ({imageHosts}) => {
  /** The build that was requested last. */
  let open: {readonly folder: string; readonly pages: BuildPages} | null = null

  function pagesOf(folder: string): BuildPages {
    if (open?.folder === folder) return open.pages
    open?.pages.close()
    open = null
    open = {folder, pages: openPages(folder)}
    return open.pages
  }

  function textOf({view, sources}: DocsTask, pages: BuildPages): string {
    if (view.kind !== 'page') return unrenderedText(view, pages)
    const page = pages.pageById(view.pageId)
    const markdown = pages.markdownOf(view.pageId)
    if (page === null || markdown === null) throw new Error(`the build has no page ${view.pageId}`)
    const content = renderPage(markdown, {
      anchors: pages.sectionsOf(page.id).flatMap(({depth, anchor}) => (depth > 0 ? [anchor] : [])),
      imageHosts,
      linkOf: (link) => linkOf(link, page, pages, sources),
    })
    return articlePage(page, content, pages, sources)
  }

  return {
    ready: null,
    perform: (task) => compressText(textOf(task, pagesOf(task.folder)), 'quick'),
  }
})
