import {encodedAddress} from '../lib/url-path.ts'
import {areShownAs, type BuildSections, isShownAs, openedBy} from '../question-sets/index.ts'
import {type IndexBuild, routeOfPage, type StoredPage, type StoredSection} from '../search-index/index.ts'
import {lettersAndDigits} from '../text/letters.ts'
import {countWords} from '../text/words.ts'
import {markdownBlocks, visibleText} from './answer-blocks.ts'
import {type Citation, sectionFlows, sourcesOf, type WrittenAnswer} from './answer-measures.ts'
import {sectionMarkdownOf} from './section-markdown.ts'

/**
 * Why a citation does not hold.
 *
 * - `address` no section opens there, without a fragment none with the headings of its source
 * - `quote` its quote does not stand in the section at its address, or has neither letter nor digit
 * - `words` the quote does, but not the words of the answer that are cited, or they have neither
 * - `label` the line above it, or title and headings of its source, name another section
 */
export type CitationFault = 'address' | 'quote' | 'words' | 'label'

export const citationFaults = [
  'address',
  'quote',
  'words',
  'label',
] as const satisfies readonly CitationFault[]

/** What a source says of where it opens. */
export interface CitedSource {
  readonly n: number
  readonly path: string
  readonly url: string
  readonly anchor: string
  readonly title: string
  readonly headings: readonly string[]
}

/** A section as a reader finds it who follows a citation. */
export interface OpenedSection {
  /** Of its page. */
  readonly title: string
  /** From the top of the page down to its own. */
  readonly headings: readonly string[]
  /**
   * Its heading and its own text, letters and digits alone, no text of sections below it: once with the alternative
   * texts of images and once without, since a quotation may leave pictures out.
   */
  readonly readings: readonly string[]
  /** As `sectionFlows` makes them. */
  readonly flows: readonly string[]
  /** Headings inside its own Markdown, as those of a quotation, lines of bold words alone, and paragraphs of a few words. */
  readonly innerHeadings: readonly string[]
}

/** A longer paragraph does not serve as a heading. */
const maxLabelWords = 12

/** What a reader finds at the address of a source; empty when nothing opens there. */
export type OpenAddress = (source: Pick<CitedSource, 'path' | 'url' | 'anchor'>) => readonly OpenedSection[]

/**
 * The first section of the page that has the fragment, since a browser stops there. Without one, each section that no
 * fragment opens: text before the first heading, headings without an anchor, and those whose anchor came before.
 */
export function addressOpener(build: IndexBuild, sections: BuildSections): OpenAddress {
  const known = new Map<string, readonly OpenedSection[]>()
  const markdownOf = sectionMarkdownOf(build)
  const opened = (section: StoredSection): OpenedSection => {
    const passages = build.passagesOf(section.id)
    const heading = section.headings.at(-1) ?? (section.depth > 0 ? section.page.title : '')
    const markdown = markdownOf(section)
    const readings = [passages.map(({text}) => text).join('\n'), visibleText(markdown, {images: false})]
    return {
      title: section.page.title,
      headings: section.headings,
      readings: readings.map((text) => lettersAndDigits(`${heading}\n${text}`)),
      flows: sectionFlows(markdown),
      innerHeadings: markdownBlocks(markdown)
        .filter(
          ({kind, isLabel, text}) => isLabel || (kind === 'paragraph' && countWords(text) <= maxLabelWords),
        )
        .map(({text}) => text),
    }
  }
  return ({path, url, anchor}) => {
    const key = `${path}\n${url}#${anchor}`
    const before = known.get(key)
    if (before !== undefined) return before
    const all = sections.ofPath(path)
    const isAt = all[0] !== undefined && url === addressHere(build, all[0].page)
    const result = isAt ? openedBy(anchor, all).map(opened) : []
    known.set(key, result)
    return result
  }
}

/**
 * Where a page opens that is read on this server; made anew here, so that a fault of the retriever's shows. Of pages
 * that claim one address the first has it, and others are opened by their file.
 */
function addressHere(build: IndexBuild, {id, url, path}: StoredPage): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) return url
  if (url.startsWith('/') && build.pageByUrl(url)?.id === id) return `/docs${encodedAddress(url)}`
  return `/docs${routeOfPage(build, {id, url, path})}`
}

/** Of the sections at a source's address those with its title and headings. */
export function namedSections(source: CitedSource, open: OpenAddress): readonly OpenedSection[] {
  return open(source).filter(
    ({title, headings}) => isShownAs(title, source.title) && areShownAs(headings, source.headings),
  )
}

/** What is wrong with each citation of an answer, in their order; null for one that holds. */
export function citationFaultsOf(
  answer: WrittenAnswer,
  sources: readonly CitedSource[],
  open: OpenAddress,
): (CitationFault | null)[] {
  const labels = labelsAbove(answer)
  return answer.citations.map((citation): CitationFault | null => {
    const source = sources.find(({n}) => n === citation.n)
    if (source === undefined || open(source).length === 0) return 'address'
    const named = namedSections(source, open)
    if (named.length === 0) return source.anchor === '' ? 'address' : 'label'
    const quoted =
      citation.quote === undefined ? named : named.filter((section) => holds(section, citation.quote!))
    if (quoted.length === 0) return 'quote'
    const words = citedWords(answer.text.slice(citation.start, citation.end))
    const held = quoted.filter((section) => holds(section, words))
    if (held.length === 0) return 'words'
    const label = labels.get(citation)
    const names = [source.title, ...source.headings, ...held.flatMap(({innerHeadings}) => innerHeadings)]
    return label === undefined || isPathOf(label, names) ? null : 'label'
  })
}

/** Visible words of a piece of an answer. A number cut out of its line reads as the mark of an empty list. */
function citedWords(markdown: string): string {
  return /^\s*\d+[.)]\s*$/.test(markdown) ? markdown : visibleText(markdown, {images: true})
}

/** The label right above the block that each citation is the first of; none for the others. */
function labelsAbove({text, citations}: WrittenAnswer): Map<Citation, string> {
  const blocks = markdownBlocks(text)
  const labels = new Map<Citation, string>()
  blocks.forEach((block, index) => {
    const above = blocks[index - 1]
    // A bold line that is cited itself is quoted.
    if (!above?.isLabel || sourcesOf(above, citations).size > 0) return
    // A citation of a list item begins with its bullet, before the words.
    const first = citations.find(({start, end}) => end > block.start && start < block.end)
    if (first !== undefined) labels.set(first, above.text)
  })
  return labels
}

function holds(section: OpenedSection, words: string): boolean {
  const wanted = lettersAndDigits(words)
  return wanted !== '' && section.readings.some((text) => text.includes(wanted))
}

/** Whether a label is one of these names, or several of them as a path. */
function isPathOf(label: string, names: readonly string[]): boolean {
  const isName = (part: string) => names.some((name) => isNamed(part, name))
  return isName(label) || label.split(' › ').every(isName)
}

function isNamed(label: string, name: string): boolean {
  // A label has no `{#id}`, which the heading of a page has where its dialect knows none.
  const named = name.replace(/\s*\{#[^{}]*\}\s*$/, '')
  const [shown, whole] = [lettersAndDigits(label), lettersAndDigits(named)]
  return shown === whole || (/…\s*$/.test(label) && whole.startsWith(shown))
}
