import {compareDiagnostics, type Diagnostic, type Page, type PageReference} from '../domain/index.ts'
import {countWords} from '../text/words.ts'
import {anchorMaker} from './anchors.ts'
import {type Fidelity, neverClosed} from './fidelity.ts'
import {FlatSource} from './flat-source.ts'
import {flatten} from './flatten.ts'
import {splitFrontMatter} from './front-matter.ts'
import {refusalOf, tamed} from './limits.ts'
import {hiddenCharactersOf, normaliseText} from './normalise-text.ts'
import {linksIn} from './page-links.ts'
import {parseMarkdown} from './parse-markdown.ts'
import {plainTextOfNode} from './plain-text.ts'
import {definitionsIn, withReferencesInlined} from './references.ts'
import {langOf, routeOf, versionOf} from './routes.ts'
import {sectionsOf} from './sections.ts'
import type {SiteRules} from './site.ts'
import {unreadLinesOf} from './unread-text.ts'

/** Maximum number of warnings about lost text for one page. */
const maxLosses = 20

/** Options for parsing a page. */
export interface ParseOptions {
  /** Below the content root, `/` on every system. */
  readonly path: string
  readonly site: SiteRules
  /**
   * Returns the text of a file below the content root, null where there is none. Called only with paths below the root.
   * Without it, includes are reported as missing.
   */
  readonly readInclude?: (path: string) => string | null
}

export interface ParsedPage {
  /** Null when the page is not for readers (`draft`, `noindex`), is empty or was not read; a diagnostic says which. */
  readonly page: Page | null
  /** Set when it was not read at all, because it exceeds a limit. */
  readonly refused?: true
  /** Sorted. */
  readonly diagnostics: readonly Diagnostic[]
  readonly fidelity: Fidelity
  /** Every included path, found or not: when one changes, so does the page. */
  readonly includes: readonly string[]
  /** Fragments of the page besides those of its sections: ids of elements, targets, named directives. */
  readonly fragments: readonly string[]
  /** Where the page's links lead on its own site, in order; at most 2,000. */
  readonly links: readonly PageReference[]
}

/** Parses one Markdown or MDX file. Never throws on content. */
export function parsePage(source: string, options: ParseOptions): ParsedPage {
  const {path, site} = options
  const refusal = refusalOf(source)
  if (refusal) {
    const {rule, reason, line} = refusal
    return {
      page: null,
      refused: true,
      diagnostics: [{path, line, column: null, rule, severity: 'error', reason, hint: 'Split the page.'}],
      // All of it is lost.
      fidelity: {...emptyFidelity(path), visibleWords: countWords(source)},
      includes: [],
      fragments: [],
      links: [],
    }
  }
  const text = normaliseText(source)
  const {frontMatter, bodyLine, body, ...front} = splitFrontMatter(text, path)
  const diagnostics: Diagnostic[] = [...front.diagnostics]
  const report = (
    rule: string,
    severity: Diagnostic['severity'],
    line: number | null,
    reason: string,
    hint?: string,
  ): void => {
    diagnostics.push({path, line, column: null, rule, severity, reason, ...(hint ? {hint} : {})})
  }
  const hidden = hiddenCharactersOf(source)
  if (hidden)
    report('hidden-characters', 'info', hidden.line, `${hidden.count} invisible characters were removed`)

  if (frontMatter.draft || frontMatter.noindex) {
    const why = frontMatter.draft ? 'draft' : 'noindex'
    report(why, 'info', null, `the page is set aside: its front matter says ${why}`)
    return {
      page: null,
      diagnostics: diagnostics.sort(compareDiagnostics),
      fidelity: emptyFidelity(path),
      includes: [],
      fragments: [],
      links: [],
    }
  }

  const flat = flatten(body, {path, site, bodyLine, readInclude: options.readInclude ?? (() => null)})
  for (const item of flat.diagnostics) diagnostics.push(item)
  for (const {construct, line, words, detail} of flat.notes
    .filter((note) => note.words)
    .slice(0, maxLosses)) {
    const lost = words === 1 ? 'a word' : `${words} words`
    if (detail === neverClosed)
      report('lost-text', 'warning', line, `${construct} is never closed and hides ${lost}`, 'Close it.')
    else
      report(
        'lost-text',
        'warning',
        line,
        `${lost} that readers see in ${construct} cannot be read`,
        'Write them as text of the page, or as plain strings in properties.',
      )
  }
  const flatText = tamed(flat.text, flat.lines, (rule, severity, line, reason) =>
    report(rule, severity, line, reason),
  )
  const root = parseMarkdown(flatText)
  const definitions = definitionsIn(root)
  const flatSource = new FlatSource(flatText, flat.lines, definitions)
  const {sections, titleHeading, repeated} = sectionsOf({
    root,
    source: flatSource,
    headingIds: flat.headingIds,
    title: frontMatter.title,
    anchors: anchorMaker(site.slugs),
  })
  for (const {anchor, line} of repeated) {
    report(
      'duplicate-anchor',
      'warning',
      line,
      `the anchor #${anchor} is used twice`,
      'Links open the first one.',
    )
  }

  const visibleWords = countWords(root.children.map((node) => plainTextOfNode(node)).join('\n'))
  const kept = sections.map((section) => section.text)
  for (const node of root.children) if (node.type === 'heading') kept.push(plainTextOfNode(node))
  const keptWords = kept.reduce((sum, text) => sum + countWords(text), 0)
  const unread = unreadLinesOf(body, flat.taken, [frontMatter.title ?? '', ...kept])
  for (const {line, words} of unread.slice(0, maxLosses)) {
    report(
      'lost-text',
      'warning',
      bodyLine + line - 1,
      `${words} words of this line did not reach the index, for no known reason`,
      'Write it as plain Markdown, and report it as a bug in Docent.',
    )
  }
  const unreadWords = unread.reduce((sum, {words}) => sum + words, 0)
  const fidelity: Fidelity = {
    path,
    visibleWords: visibleWords + front.lostWords + flat.lostWords + unreadWords,
    keptWords: Math.min(keptWords, visibleWords),
    constructs: flat.constructs,
    notes: flat.notes,
  }

  const title = frontMatter.title ?? titleHeading ?? frontMatter.sidebarLabel ?? titleFromPath(path)
  if (sections.length === 0) {
    report('empty-page', 'info', null, 'the page has no text')
    if (frontMatter.title === null) {
      return {
        page: null,
        diagnostics: diagnostics.sort(compareDiagnostics),
        fidelity,
        includes: flat.includes,
        fragments: flat.fragments,
        links: [],
      }
    }
  }
  const page: Page = {
    path,
    url: routeOf(path, frontMatter, site),
    title,
    description: frontMatter.description,
    version: frontMatter.version ?? versionOf(path),
    lang: frontMatter.lang ?? langOf(path, site),
    tags: frontMatter.tags,
    markdown: withReferencesInlined(root, flatText, definitions).trim(),
    sections,
  }
  return {
    page,
    diagnostics: diagnostics.sort(compareDiagnostics),
    fidelity,
    includes: flat.includes,
    fragments: flat.fragments,
    links: linksIn(root, flatSource),
  }
}

/** `getting-started.md` → `Getting started`. */
function titleFromPath(path: string): string {
  const parts = path.replace(/\.(?:mdx?|markdown)$/i, '').split('/')
  let name = parts.at(-1) ?? path
  if (/^(?:_?index|readme)$/i.test(name) && parts.length > 1) name = parts.at(-2)!
  const words =
    name
      .replace(/^\d+[-_.]\s*/, '')
      .replace(/[-_]+/g, ' ')
      .trim() || name
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function emptyFidelity(path: string): Fidelity {
  return {path, visibleWords: 0, keptWords: 0, constructs: {}, notes: []}
}
