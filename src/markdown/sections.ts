import type {Heading, Root, RootContent} from 'mdast'
import type {Section} from '../domain/index.ts'
import type {FlatSource} from './flat-source.ts'
import type {HeadingId} from './flattening/reading.ts'
import {Footnotes} from './footnotes.ts'
import {parseMarkdown} from './parse-markdown.ts'
import {passagesOf} from './passages.ts'
import {plainTextOfNode} from './plain-text.ts'
import type {AnchorMaker} from './site-rules.ts'

export interface SectionsInput {
  readonly root: Root
  /** The text that was parsed. */
  readonly source: FlatSource
  /** Explicit ids by the one-based line of the flattened text on which their heading ends. */
  readonly headingIds: ReadonlyMap<number, HeadingId>
  readonly slugTexts: ReadonlyMap<number, string>
  /** One-based lines of the flattened text that are from other files. */
  readonly includedLines: ReadonlySet<number>
  /** Whether a heading of another file is never the title. */
  readonly namesPagesByFile: boolean
  /** The title in the front matter, if any. */
  readonly title: string | null
  readonly anchors: AnchorMaker
}

export interface SectionsOutput {
  readonly sections: readonly Section[]
  /**
   * The heading that serves as the page's title, if the page has one. One of an included file does if no text stands
   * above it.
   */
  readonly titleHeading: string | null
  /** Anchors made of the text of headings that have one of their author's beside it. */
  readonly otherAnchors: readonly string[]
  /** Anchors that occur more than once, with the line of the repeat. */
  readonly repeated: readonly {readonly anchor: string; readonly line: number}[]
}

/** Splits a page at its top-level headings. Text before the first is a section without an anchor. */
export function sectionsOf(input: SectionsInput): SectionsOutput {
  const {root, source, headingIds, slugTexts} = input
  const sections: Section[] = []
  const repeated: {anchor: string; line: number}[] = []
  const otherAnchors: string[] = []
  const seen = new Set<string>()
  const path: {depth: number; text: string}[] = []
  const notes = new Footnotes(root)
  let titleHeading: string | null = null
  /** A title heading that differs from the front matter's title: the only heading of its own section. */
  let otherTitle: string | null = null
  /** One that has no text below it: searching would not find it, so that it stands over the first section that has. */
  let titleAbove: string | null = null

  let heading: Heading | null = null
  let blocks: RootContent[] = []
  let headingCount = 0
  const close = (endLine: number): void => {
    if (heading === null && blocks.length === 0) return
    const first = blocks[0]
    const last = blocks.at(-1)
    const shown = heading === null ? blocks : [heading, ...blocks]
    const windows = passagesOf([...blocks, ...notes.takeReferredBy(shown)], source)
    const lastLine = Math.max(endLine, source.endLineOf(last ?? heading!))
    // A footnote may be elsewhere in the file.
    const passages = windows.map((passage) => ({
      ...passage,
      startLine: Math.min(passage.startLine, lastLine),
      endLine: Math.min(passage.endLine, lastLine),
    }))
    if (heading === null && passages.length === 0) return
    const own = otherTitle === null ? path.map((entry) => entry.text) : [otherTitle]
    const hasText = passages.length > 0
    const headings = hasText && titleAbove !== null ? [titleAbove, ...own] : own
    if (hasText) titleAbove = null
    else if (otherTitle !== null) titleAbove = otherTitle
    sections.push({
      anchor: heading === null ? '' : anchorOf(heading),
      headings,
      depth: heading?.depth ?? 0,
      text: passages.map((passage) => passage.text).join('\n'),
      startLine: source.startLineOf(heading ?? first!),
      endLine: lastLine,
      passages,
    })
  }
  const anchorOf = (node: Heading): string => {
    const named = headingIds.get(node.position!.end.line) ?? headingIds.get(node.position!.start.line)
    const shown = plainTextOfNode(node)
    const slugText = slugTexts.get(node.position!.start.line)
    const made = slugText === undefined ? shown : slugTextOf(slugText)
    const own =
      named === undefined || named.keepsSlug
        ? input.anchors.ofHeading(made, node.depth)
        : input.anchors.ofExplicit(named.id)
    if (named?.keepsSlug) otherAnchors.push(own)
    const anchor = named?.keepsSlug ? named.id : own
    if (anchor !== '' && seen.has(anchor)) repeated.push({anchor, line: source.startLineOf(node)})
    seen.add(anchor)
    return anchor
  }

  for (const node of root.children) {
    if (node.type !== 'heading') {
      if (node.type !== 'definition' && !notes.has(node)) blocks.push(node)
      continue
    }
    const isFirst = blocks.length === 0 && !input.namesPagesByFile
    const isOwn = isFirst || !input.includedLines.has(node.position!.start.line)
    close(source.sourceLine(node.position!.start.line - 1))
    heading = node
    blocks = []
    headingCount++
    const shown = plainTextOfNode(node)
    const isTitle =
      headingCount === 1 &&
      node.depth === 1 &&
      isOwn &&
      (input.title === null || isSameText(shown, input.title) || isOnlyH1(root))
    while (path.length > 0 && path.at(-1)!.depth >= node.depth) path.pop()
    otherTitle = isTitle && input.title !== null && !isSameText(shown, input.title) ? shown : null
    if (isTitle) titleHeading = shown
    else path.push({depth: node.depth, text: shown})
  }
  close(source.lastLine)
  return {sections, titleHeading, otherAnchors, repeated}
}

/** Plain text of Markdown, with the space at its end: generators make a hyphen of it. */
function slugTextOf(markdown: string): string {
  return plainTextOfNode(parseMarkdown(markdown)) + (/\s$/.test(markdown) ? ' ' : '')
}

function isOnlyH1(root: Root): boolean {
  return root.children.filter((node) => node.type === 'heading' && node.depth === 1).length === 1
}

function isSameText(a: string, b: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
  return plain(a) === plain(b)
}
