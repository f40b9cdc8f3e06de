import type {BuildPages, StoredPage} from '../../../search-index/index.ts'
import {literal} from '../../../text/literal-markdown.ts'
import {markdownRouteOf} from '../docs-lookup.ts'
import {isListed, type ListedPart} from './listed-part.ts'
import {pageGroups} from './page-groups.ts'
import {oneLine, titleLine} from './twin.ts'

/** What `/llms.txt` is made of, besides the pages. */
export interface LlmsRequest {
  /** Where this server is reached, without a slash at the end. */
  readonly base: string
  /** What stands before the lists, as `introOf` writes it. */
  readonly intro: string
  readonly parts: readonly ListedPart[]
  /** The first page that is listed, from 1. */
  readonly from: number
  /** The address of this list, to which `from` is added. */
  readonly address: string
}

export interface LlmsLimits {
  /** Default 5,000. */
  readonly maxLinks?: number
  /** UTF-16 units of all links; default 2,000,000. */
  readonly maxChars?: number
}

const maxDescription = 300
const maxGroupTitle = 120

/**
 * The list of pages for agents: a title, a summary, and a list of links for each group of pages. A page is one line,
 * whatever is in its title and description.
 * @see https://llmstxt.org
 */
export function llmsText(
  pages: BuildPages,
  {base, intro, parts, from, address}: LlmsRequest,
  {sources, maxLinks = 5_000, maxChars = 2_000_000}: LlmsLimits & {readonly sources: readonly string[]},
): string {
  const groups = pageGroups(pages, (page) => isListed(parts, page), sources.length > 0)
  const total = groups.reduce((sum, group) => sum + group.pages.length, 0)
  const lists: string[] = []
  let at = 0
  let listed = 0
  let left = maxChars
  for (const group of groups) {
    const lines: string[] = []
    for (const page of group.pages) {
      if (++at < from || listed >= maxLinks || left <= 0) continue
      const line = lineOf(page, base + markdownRouteOf(pages, page))
      left -= line.length
      listed++
      lines.push(line)
    }
    if (lines.length > 0) lists.push(`## ${headingOf(group.title)}\n\n${lines.join('\n')}`)
  }
  const note = noteOf({from, listed, total, address})
  return `${[intro, ...(note === null ? [] : [note]), ...lists].join('\n\n')}\n`
}

/** Which pages are listed, where that is not all of them. */
function noteOf({
  from,
  listed,
  total,
  address,
}: Pick<LlmsRequest, 'from' | 'address'> & {
  readonly listed: number
  readonly total: number
}): string | null {
  if (total === 0) return 'No page is in this language and version.'
  if (listed === total) return null
  if (listed === 0) return `There are ${total} pages; none is listed from ${from} on.`
  const last = from + listed - 1
  const range = `Pages ${from} to ${last} of ${total} are listed here.`
  if (last >= total) return range
  return `${range} The list continues at <${address}${address.includes('?') ? '&' : '?'}from=${last + 1}>.`
}

function headingOf(title: string | null): string {
  return title === null ? 'Pages' : literal(oneLine(title, maxGroupTitle))
}

function lineOf(page: StoredPage, address: string): string {
  const description = oneLine(page.description ?? '', maxDescription)
  const link = `- [${titleLine(page)}](${inLink(address)})`
  return description === '' ? link : `${link}: ${literal(description)}`
}

/** An address as the destination of a link. */
export function inLink(address: string): string {
  return address.replaceAll('(', '%28').replaceAll(')', '%29')
}
