import type {Root} from 'mdast'
import {
  type Diagnostic,
  fileDiagnostic,
  type Page,
  type PageReference,
  type Section,
} from '../domain/index.ts'
import {titleOfName, withoutMarkdownEnding} from '../lib/markdown-name.ts'
import {countWords} from '../text/words.ts'
import type {Fidelity} from './fidelity.ts'
import {FlatSource} from './flat-source.ts'
import {type FlattenedMarkdown, flatten} from './flatten.ts'
import {splitFrontMatter} from './front-matter.ts'
import {refusalOf, tamed} from './limits.ts'
import {withoutLongRuns} from './long-runs.ts'
import {controlCharactersOf, hiddenCharactersOf, normaliseText} from './normalise-text.ts'
import {PageDiagnostics} from './page-diagnostics.ts'
import {linksIn} from './page-links.ts'
import {parseMarkdown} from './parse-markdown.ts'
import {plainTextOfNode} from './plain-text.ts'
import {definitionsIn, withReferencesInlined} from './references.ts'
import {sectionsOf} from './sections.ts'
import {shownTitle} from './shown-title.ts'
import type {SiteRules} from './site-rules.ts'
import {unreadLinesOf} from './unread-text.ts'

/** Options for parsing a page. */
export interface ParseOptions {
  /** Below the content root, `/` on every system. */
  readonly path: string
  readonly site: SiteRules
  /**
   * Returns the text of a file of the project, null where there is none. Called only with paths below the project's root.
   * Without it, includes are reported as missing.
   */
  readonly readInclude?: (path: string) => string | null
}

export interface ParsedPage {
  /** Null when the page is not for readers, is a part of others, is empty or was not read; a diagnostic says which. */
  readonly page: Page | null
  /** Set when it was not read at all, because it exceeds a limit. */
  readonly refused?: true
  /** Sorted. */
  readonly diagnostics: readonly Diagnostic[]
  readonly fidelity: Fidelity
  /** Every included path below the project's root, found or not: when one changes, so does the page. */
  readonly includes: readonly string[]
  /** Fragments of the page besides those of its sections: ids of elements, targets, named directives. */
  readonly fragments: readonly string[]
  /** Where the page's links lead on its own site, in order; at most 2,000. */
  readonly links: readonly PageReference[]
}

/** Parses one Markdown or MDX file. Never throws on content. */
export function parsePage(source: string, options: ParseOptions): ParsedPage {
  const {path} = options
  const {text: whole, cut} = withoutLongRuns(normaliseText(source))
  const refusal = refusalOf(whole)
  if (refusal !== null) return refusedPage(path, whole, refusal)
  const {frontMatter, bodyLine, body, ...front} = splitFrontMatter(whole, path)
  const diagnostics = new PageDiagnostics(path, front.diagnostics)
  diagnostics.hiddenCharacters(hiddenCharactersOf(source))
  diagnostics.controlCharacters(controlCharactersOf(source))
  diagnostics.longRuns(cut)
  const {setAside, ...place} = options.site.placeOf(path, frontMatter)
  if (setAside) {
    diagnostics.report(setAside.rule, 'info', null, `the page is set aside: ${setAside.reason}`)
    return withoutPage(path, diagnostics.sorted)
  }

  const readInclude = (included: string): string | null => {
    const text = options.readInclude?.(included) ?? null
    return text && withoutLongRuns(text).text
  }
  const site = {...options.site, params: options.site.paramsOf(path, frontMatter)}
  const flattening = {path, projectPath: site.projectPathOf(path), site, bodyLine, readInclude}
  const title = shownTitle(frontMatter.title, flattening)
  const flat = flatten(body, flattening)
  diagnostics.addAll(flat.diagnostics)
  diagnostics.lostText(flat.notes)
  const text = tamed(flat.text, flat.lines, (...problem) => diagnostics.report(...problem))
  const root = parseMarkdown(text)
  const flatSource = new FlatSource(text, flat.lines, definitionsIn(root))
  const {sections, titleHeading, repeated} = sectionsOf({
    root,
    source: flatSource,
    headingIds: flat.headingIds,
    slugTexts: flat.slugTexts,
    title,
    anchors: site.anchors(),
  })
  diagnostics.repeatedAnchors(repeated)

  const kept = keptTexts(root, sections)
  const unread = unreadLinesOf(body, flat.taken, [title ?? '', ...kept])
  diagnostics.unreadLines(unread, bodyLine - 1)
  const lostWords = front.lostWords + flat.lostWords + sumOf(unread.map(({words}) => words))
  const {includes, fragments} = flat
  const read = {fidelity: fidelityOf(path, {root, kept, flat, lostWords}), includes, fragments}

  if (sections.length === 0) {
    diagnostics.report('empty-page', 'info', null, 'the page has no text')
    if (title === null) return {...withoutPage(path, diagnostics.sorted), ...read}
  }
  const page: Page = {
    path,
    ...place,
    title: title ?? titleHeading ?? shownTitle(frontMatter.sidebarLabel, flattening) ?? titleFromPath(path),
    description: frontMatter.description,
    tags: frontMatter.tags,
    markdown: withReferencesInlined(root, flatSource).trim(),
    sections,
  }
  return {...read, page, diagnostics: diagnostics.sorted, links: linksIn(root, flatSource)}
}

/** A page that is beyond a limit: all of it is lost. */
function refusedPage(
  path: string,
  source: string,
  refusal: NonNullable<ReturnType<typeof refusalOf>>,
): ParsedPage {
  const diagnostic = fileDiagnostic(path, {...refusal, severity: 'error', hint: 'Split the page.'})
  const fidelity = {...emptyFidelity(path), visibleWords: countWords(source)}
  return {...withoutPage(path, [diagnostic]), refused: true, fidelity}
}

function withoutPage(path: string, diagnostics: readonly Diagnostic[]): ParsedPage {
  return {page: null, diagnostics, fidelity: emptyFidelity(path), includes: [], fragments: [], links: []}
}

/** What readers see of the page and the index has: the texts of its sections, and its headings. */
function keptTexts(root: Root, sections: readonly Section[]): string[] {
  const headings = root.children.filter(({type}) => type === 'heading')
  return [...sections.map(({text}) => text), ...headings.map((heading) => plainTextOfNode(heading))]
}

interface ReadParts {
  readonly root: Root
  readonly kept: readonly string[]
  readonly flat: Pick<FlattenedMarkdown, 'constructs' | 'notes'>
  /** Of the source, without those that are in the tree. */
  readonly lostWords: number
}

function fidelityOf(path: string, {root, kept, flat, lostWords}: ReadParts): Fidelity {
  const inTree = countWords(root.children.map((node) => plainTextOfNode(node)).join('\n'))
  return {
    path,
    visibleWords: inTree + lostWords,
    keptWords: Math.min(sumOf(kept.map(countWords)), inTree),
    constructs: flat.constructs,
    notes: flat.notes,
  }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

/** `getting-started.md` → `Getting started`; an index is named as its folder. */
function titleFromPath(path: string): string {
  const [name = path, folder] = withoutMarkdownEnding(path).split('/').reverse()
  return titleOfName(folder !== undefined && /^(?:_?index|readme)$/i.test(name) ? folder : name)
}

function emptyFidelity(path: string): Fidelity {
  return {path, visibleWords: 0, keptWords: 0, constructs: {}, notes: []}
}
