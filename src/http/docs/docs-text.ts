import type {BuildPages} from '../../search-index/index.ts'
import {llmsText} from './agents/llms-text.ts'
import {twinOf} from './agents/twin.ts'
import type {DocsTarget} from './docs-child.ts'
import {type DocsView, landingPage, listPage, plainPage} from './docs-html.ts'

/**
 * What needs no rendering: the lists, and the Markdown of a page. `why` is said where the source stands in for the
 * page. @throws if the build has no such page.
 */
export function unrenderedText(
  target: DocsTarget,
  view: DocsView & {readonly pages: BuildPages},
  why: 'tooHeavy' | 'tooBusy',
): string {
  const {sources = []} = view
  if (target.kind === 'llms') return llmsText(view.pages, target.request, {sources})
  if (!('pageId' in target)) return target.kind === 'landing' ? landingPage(view) : listPage(view)
  const page = view.pages.pageById(target.pageId)
  const markdown = view.pages.markdownOf(target.pageId)
  if (page === null || markdown === null) throw new Error(`the build has no page ${target.pageId}`)
  return target.kind === 'markdown'
    ? twinOf(page, markdown, {...target.place, pages: view.pages, sources})
    : plainPage(page, {markdown, why}, view)
}
