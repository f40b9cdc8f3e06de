import type {BuildPages} from '../../search-index/index.ts'
import type {DocsView} from './docs-child.ts'
import {listPage, plainPage} from './docs-html.ts'

const tooHeavy = 'This page is too heavy to be laid out. Here is its Markdown.'
const tooBusy =
  'Other pages are being laid out just now. Here is the Markdown of this one; reload it in a moment.'

/** What needs no laying out: the list, and a page as it is written. @throws when the build has no such page. */
export function easyText(view: DocsView, pages: BuildPages): string {
  if (view.kind === 'list') return listPage(pages)
  const page = pages.pageById(view.pageId)
  const markdown = pages.markdownOf(view.pageId)
  if (page === null || markdown === null) throw new Error(`the build has no page ${view.pageId}`)
  if (view.kind === 'markdown') return markdown
  return plainPage(page, markdown, view.kind === 'plain' ? tooHeavy : tooBusy)
}
