import type {BuildPages} from '../../search-index/index.ts'
import type {DocsView} from './docs-child.ts'
import {listPage, plainPage} from './docs-html.ts'

const tooHeavy = 'This page is too large to be rendered. Here is its Markdown source.'
const tooBusy =
  'Other pages are being rendered at the moment. Here is the Markdown source of this one; reload it shortly.'

/** Views that need no rendering: the list, and the Markdown source of a page. @throws if the build has no such page. */
export function unrenderedText(view: DocsView, pages: BuildPages): string {
  if (view.kind === 'list') return listPage(pages)
  const page = pages.pageById(view.pageId)
  const markdown = pages.markdownOf(view.pageId)
  if (page === null || markdown === null) throw new Error(`the build has no page ${view.pageId}`)
  if (view.kind === 'markdown') return markdown
  return plainPage(page, {markdown, why: view.kind === 'plain' ? tooHeavy : tooBusy, pages})
}
