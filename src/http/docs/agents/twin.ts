import {escapedMarkdown} from '../../../lib/citation-links.ts'
import {cleanLine} from '../../../lib/clean-text.ts'
import {headOf} from '../../../lib/cut.ts'
import {relink} from '../../../markdown/index.ts'
import type {BuildPages, PageLookup, StoredPage} from '../../../search-index/index.ts'
import {markdownRouteOf, targetOfLink} from '../docs-lookup.ts'

/** Where links in a Markdown twin lead. */
export interface TwinPlace {
  /** Where this server is reached, without a slash at the end; empty for links that begin at its root. */
  readonly base: string
  /** The page on the site of the docs, absolute; null where this server shows it. */
  readonly published: string | null
}

export interface TwinOptions extends TwinPlace {
  readonly pages: PageLookup & Pick<BuildPages, 'sectionsOf'>
  /** Names of the build's sources if it has several. */
  readonly sources: readonly string[]
  /** Whether it stands among other pages, where a fragment alone leads nowhere. Default false. */
  readonly isAmongOthers?: boolean
}

const maxTitle = 200
/** Links of a page that are looked up; each takes up to half a millisecond. Further ones stay as they are written. */
const maxLinks = 2_000
/** What no page of the docs is. */
const media = /\.(?:png|jpe?g|gif|svg|webp|avif|ico|mp4|webm|mov|pdf|zip|gz)(?:[?#]|$)/i

/**
 * A page as Markdown for agents: with its title, and links that work from anywhere. Those to pages of the docs lead to
 * their twins, others to where they lead on the site of the docs; what is not there either stays as it is written.
 */
export function twinOf(page: StoredPage, markdown: string, options: TwinOptions): string {
  const {base, published, pages, sources, isAmongOthers = false} = options
  const own = base + markdownRouteOf(pages, page)
  let links = 0
  const {markdown: text, hasTitle} = relink(markdown, (link) => {
    if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(link)) return null
    if (link.startsWith('#')) return isAmongOthers ? own + link : null
    if (++links > maxLinks) return null
    const target = media.test(link) ? null : targetOfLink(link, page, pages, sources)
    if (target !== null) return base + markdownRouteOf(pages, target.page) + target.fragment
    return published === null ? null : resolved(link, published)
  })
  return hasTitle ? text : `# ${titleLine(page)}\n\n${text}`
}

/** The title of a page as one line of Markdown. */
export function titleLine({title}: Pick<StoredPage, 'title'>): string {
  return escapedMarkdown(oneLine(title, maxTitle))
}

/** Words of a page as one line, shortened. */
export function oneLine(words: string, maxLength: number): string {
  const line = cleanLine(words).replace(/\s+/g, ' ').trim()
  return line.length > maxLength ? `${headOf(line, maxLength - 1).trimEnd()}…` : line
}

function resolved(link: string, from: string): string | null {
  try {
    return new URL(link, from).href
  } catch {
    return null
  }
}
