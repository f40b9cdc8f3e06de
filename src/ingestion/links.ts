import type {Diagnostic} from '../domain/index.ts'
import {
  filesAt,
  isMarkdownPath,
  LinkTargets,
  type PageRecord,
  splitTarget,
  withoutQuery,
} from '../search-index/index.ts'

/**
 * Anchors that a writer set in the text, outside headings: `<a name="x">`, `<div id="x">`, `[word]{#x}`. Found by their
 * looks, in code too: one too many hides a warning, one too few makes a false one.
 */
export function writtenAnchorsIn(source: string): string[] {
  const found = source.matchAll(
    /<[a-z][\w.-]*(?=\s)[^<>]{0,500}?\s(?:id|name)\s*=\s*["'{`]*([^\s"'`{}<>]+)|\{:?[^{}\n]{0,200}?#([\w.:-]+)[^{}\n]{0,200}\}/gi,
  )
  return [...new Set([...found].map((match) => match[1] ?? match[2] ?? ''))]
}

/**
 * Checks links between pages. Only links that are certainly broken get a warning: to a Markdown file that does not exist,
 * or to an anchor that its page does not have. Other routes may not come from these files.
 */
export function brokenLinksIn(pages: readonly PageRecord[], isFile: (path: string) => boolean): Diagnostic[] {
  const targets = new LinkTargets(pages)
  const diagnostics: Diagnostic[] = []
  for (const page of pages) {
    for (const {target, line} of page.links) {
      const [place, anchor] = splitTarget(target)
      const found = targets.pageAt(place, page)
      const path = withoutQuery(place)
      if (found === undefined && isMarkdownPath(path) && !path.startsWith('/')) {
        const files = filesAt(path, page)
        if (!files[0]!.startsWith('../') && !files.some(isFile)) {
          diagnostics.push(
            warning(page.path, line, 'broken-link', `the link to ${target} leads to a missing file`),
          )
        }
      }
      if (found && anchor !== '' && !found.anchors.has(anchor) && !hasOtherAnchor(anchor)) {
        const where = found === page ? 'this page' : found.path
        diagnostics.push(
          warning(page.path, line, 'broken-anchor', `the link to #${anchor} matches no heading in ${where}`),
        )
      }
    }
  }
  return diagnostics
}

/** Fragments that browsers and sites handle without a heading: `#:~:text=…`, `#fn-1`, `#top`, lines of code. */
function hasOtherAnchor(anchor: string): boolean {
  return /^(?::~:|fn|user-content|top$|L\d)/.test(anchor)
}

/** Pages that claim the same address: readers can be sent to only one of them. */
export function duplicateUrlsIn(pages: readonly PageRecord[]): Diagnostic[] {
  const first = new Map<string, string>()
  return pages.flatMap(({path, url}) => {
    const other = first.get(url)
    if (other === undefined) {
      first.set(url, path)
      return []
    }
    return [warning(path, null, 'duplicate-url', `${url} is also the address of ${other}`)]
  })
}

function warning(path: string, line: number | null, rule: string, reason: string): Diagnostic {
  return {path, line, column: null, rule, severity: 'warning', reason}
}
