import type {IndexBuild, StoredSection} from '../../src/index/build.ts'
import {type BuildSections, openedBy} from '../../src/retrieval/evaluation/build-sections.ts'
import {lettersAndDigits, markdownBlocks, visibleWords} from './answer-blocks.ts'
import {type Citation, sourcesOf, type WrittenAnswer} from './answer-measures.ts'

/**
 * Why a citation does not hold.
 *
 * - `address` no section opens there
 * - `quote` its quote does not stand in the section at its address
 * - `words` the quote does, but not the words of the answer that are cited
 * - `label` the line above it names another section
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
  /**
   * Its heading and its own text, visible words, no text of sections below it: once with the alternative texts of
   * images and once without, since a quotation may leave pictures out.
   */
  readonly readings: readonly string[]
  /** Headings inside its own Markdown, as those of a quotation. */
  readonly headings: readonly string[]
}

/** What a reader finds at the address of a source; empty when nothing opens there. */
export type OpenAddress = (source: Pick<CitedSource, 'path' | 'url' | 'anchor'>) => readonly OpenedSection[]

/**
 * The first section of the page that has the fragment, since a browser stops there. Without one, each section that no
 * fragment opens: text before the first heading, headings without an anchor, and those whose anchor came before.
 */
export function addressOpener(build: IndexBuild, sections: BuildSections): OpenAddress {
  const known = new Map<string, readonly OpenedSection[]>()
  const opened = (section: StoredSection): OpenedSection => {
    const passages = build.passagesOf(section.id)
    const heading = section.headings.at(-1) ?? (section.depth > 0 ? section.page.title : '')
    const markdown = passages.map((passage) => passage.markdown).join('\n\n')
    const readings = [passages.map(({text}) => text).join('\n'), visibleWords(markdown, {images: false})]
    return {
      readings: readings.map((text) => `${heading}\n${text}`),
      headings: markdownBlocks(markdown)
        .filter(({kind}) => kind === 'heading')
        .map(({text}) => text),
    }
  }
  return ({path, url, anchor}) => {
    const key = `${path}\n${url}#${anchor}`
    const before = known.get(key)
    if (before !== undefined) return before
    const all = sections.ofPath(path)
    const isAt = all[0] !== undefined && url.endsWith(all[0].page.url)
    const result = isAt ? openedBy(anchor, all).map(opened) : []
    known.set(key, result)
    return result
  }
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
    const opened = source === undefined ? [] : open(source)
    if (source === undefined || opened.length === 0) return 'address'
    const quoted =
      citation.quote === undefined ? opened : opened.filter((section) => holds(section, citation.quote!))
    if (quoted.length === 0) return 'quote'
    const words = visibleWords(answer.text.slice(citation.start, citation.end), {images: true})
    const held = quoted.filter((section) => holds(section, words))
    if (held.length === 0) return 'words'
    const label = labels.get(citation)
    const names = [source.title, ...source.headings, ...held.flatMap(({headings}) => headings)]
    return label === undefined || names.some((name) => isNamed(label, name)) ? null : 'label'
  })
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
  return section.readings.some((text) => lettersAndDigits(text).includes(wanted))
}

function isNamed(label: string, name: string): boolean {
  const [shown, whole] = [lettersAndDigits(label), lettersAndDigits(name)]
  return shown === whole || (/…\s*$/.test(label) && whole.startsWith(shown))
}
