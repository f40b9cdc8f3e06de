import {renderPage} from '../../markdown/index.ts'
import {serveTasks} from '../../processes/index.ts'
import type {BuildPages} from '../../search-index/index.ts'
import {openPages} from '../../search-index/index.ts'
import {pack} from '../packed.ts'
import {articlePage} from './docs-html.ts'
import {linkOf} from './docs-lookup.ts'
import {easyText} from './docs-text.ts'

export interface DocsSetup {
  /** Hosts whose images pages may show. */
  readonly imageHosts: readonly string[]
}

/** What can be made of a build: a page laid out, a page in a frame as it is written, its Markdown, the list of all. */
export type DocsView =
  | {readonly kind: 'page' | 'plain' | 'markdown'; readonly pageId: number}
  | {readonly kind: 'list'}

export interface DocsTask {
  /** Of the build. */
  readonly folder: string
  readonly view: DocsView
}

serveTasks<DocsSetup, DocsTask>(async ({imageHosts}) => {
  /** The build last asked for. */
  let open: {readonly folder: string; readonly pages: BuildPages} | null = null

  function pagesOf(folder: string): BuildPages {
    if (open?.folder === folder) return open.pages
    open?.pages.close()
    open = null
    open = {folder, pages: openPages(folder)}
    return open.pages
  }

  function textOf(view: DocsView, pages: BuildPages): string {
    if (view.kind !== 'page') return easyText(view, pages)
    const page = pages.pageById(view.pageId)
    const markdown = pages.markdownOf(view.pageId)
    if (page === null || markdown === null) throw new Error(`the build has no page ${view.pageId}`)
    const content = renderPage(markdown, {
      anchors: pages.sectionsOf(page.id).flatMap(({depth, anchor}) => (depth > 0 ? [anchor] : [])),
      imageHosts,
      linkOf: (link) => linkOf(link, page, pages),
    })
    return articlePage(page, content, pages)
  }

  return {
    ready: null,
    perform: ({folder, view}) => pack(textOf(view, pagesOf(folder)), 'quick'),
  }
})
