import type {Diagnostic} from '../domain/index.ts'
import {isMarkdownName} from '../lib/markdown-name.ts'
import {decodedPath, pathKey} from '../lib/url-path.ts'
import {anyFragment} from '../markdown/index.ts'
import {
  filesAt,
  isOfRoot,
  LinkTargets,
  type PageRecord,
  splitTarget,
  withoutQuery,
} from '../search-index/index.ts'
import type {PlaceRules} from './content-home.ts'

export interface LinkCheck {
  readonly rules: PlaceRules
  /** Whether the content has a file, a page or not. */
  readonly isFile: (path: string) => boolean
}

/**
 * Checks links between pages. Only links that are certainly broken get a warning: to a Markdown file that does not exist,
 * or to an anchor that its page does not have. Other routes may not come from these files.
 */
export function brokenLinksIn(pages: readonly PageRecord[], {rules, isFile}: LinkCheck): Diagnostic[] {
  const isCaseKept = rules.keepsLetterCase
  const keyOf = anchorKeyBy(rules)
  const exact = new LinkTargets(pages)
  const shared = new Set(rules.hasSharedAnchors ? pages.flatMap((one) => [...one.anchors]) : [])
  let lenient: LinkTargets<PageRecord> | null = null
  const pageInAnyCase = (place: string, from: PageRecord): PageRecord | undefined => {
    lenient ??= new LinkTargets(pages, {ignoresCase: true})
    return lenient.pageAt(place, from)
  }
  const diagnostics: Diagnostic[] = []
  for (const page of pages) {
    for (const {target, line} of page.links) {
      const [place, anchor] = splitTarget(target)
      const likely = exact.pageAt(place, page) ?? pageInAnyCase(place, page)
      const isExact = likely !== undefined && (!isCaseKept || exact.pageAt(place, page) !== undefined)
      const report = (rule: string, reason: string): void => {
        diagnostics.push(warning(page.path, line, rule, reason))
      }
      if (!isExact && isMissingFile(withoutQuery(place), page, isFile)) {
        const other = likely === undefined ? '' : `; ${likely.path} differs in letter case`
        report('broken-link', `the link to ${target} leads to a missing file${other}`)
      } else if (
        likely !== undefined &&
        isMissingAnchor(anchor, likely.anchors, keyOf) &&
        !(place === '' && shared.has(anchor))
      ) {
        const where = likely === page ? 'this page' : likely.path
        report('broken-anchor', `the link to #${anchor} matches no heading in ${where}`)
      }
    }
  }
  return diagnostics
}

/** Whether a link names a Markdown file below the content that is not there. */
function isMissingFile(path: string, page: PageRecord, isFile: LinkCheck['isFile']): boolean {
  if (!isMarkdownName(path) || isOfRoot(path)) return false
  const files = filesAt(path, page)
  return !files[0]!.startsWith('../') && !files.some((file) => isFile(file) || isFile(decodedPath(file)))
}

/** What two anchors have in common that the site, as far as it is known, takes for the same. */
function anchorKeyBy({keepsLetterCase, guessesAnchors}: PlaceRules): (anchor: string) => string {
  if (keepsLetterCase) return pathKey
  if (!guessesAnchors) return (anchor) => pathKey(anchor).toLowerCase()
  return (anchor) => {
    const text = pathKey(anchor).toLowerCase()
    return text.replace(/[^\p{L}\p{M}\p{N}]/gu, '') || text
  }
}

function isMissingAnchor(
  anchor: string,
  known: ReadonlySet<string>,
  keyOf: (anchor: string) => string,
): boolean {
  if (anchor === '' || known.has(anchor) || known.has(anyFragment) || hasOtherAnchor(anchor)) return false
  const key = keyOf(anchor)
  for (const one of known) if (keyOf(one) === key) return false
  return true
}

/**
 * Fragments that browsers and sites handle without a heading: `#:~:text=…`, `#fn-1`, `#top`, lines of code, routes of
 * sites that are one page (`#/guide`).
 */
function hasOtherAnchor(anchor: string): boolean {
  return /^(?::~:|fn|user-content|top$|L\d|!?\/)/.test(anchor)
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
