import type {Definition, Heading, Nodes, Root, RootContent} from 'mdast'
import {visit} from 'unist-util-visit'
import type {Section} from '../domain/index.ts'
import type {AnchorMaker} from './anchors.ts'
import {FlatSource} from './flat-source.ts'
import {Footnotes} from './footnotes.ts'
import {passagesOf} from './passages.ts'
import {plainTextOfNode} from './plain-text.ts'

export interface SectionsInput {
  readonly root: Root
  /** The text that was parsed. */
  readonly text: string
  /** Source line of each flat line. */
  readonly lines: readonly number[]
  /** Explicit ids by the one-based flat line on which their heading ends. */
  readonly headingIds: ReadonlyMap<number, string>
  /** The title in the front matter, if any. */
  readonly title: string | null
  readonly anchors: AnchorMaker
}

export interface SectionsOutput {
  readonly sections: readonly Section[]
  /** The heading that serves as the page's title, if the page has one. */
  readonly titleHeading: string | null
  /** The page's Markdown, references written out. */
  readonly markdown: string
  /** Anchors that occur more than once, with the line of the repeat. */
  readonly repeated: readonly {readonly anchor: string; readonly line: number}[]
}

/** Parts a page at its top-level headings. Text before the first is a section without an anchor. */
export function sectionsOf(input: SectionsInput): SectionsOutput {
  const {root, text, lines, headingIds} = input
  const edits = editsOf(root, text)
  const source = new FlatSource(text, lines, edits.all)
  const pageSource = new FlatSource(text, lines, edits.references)
  const sections: Section[] = []
  const repeated: {anchor: string; line: number}[] = []
  const seen = new Set<string>()
  const path: {depth: number; text: string}[] = []
  const notes = new Footnotes(root)
  let titleHeading: string | null = null
  /** A title that the front matter has otherwise: the heading of its own section alone. */
  let otherTitle: string | null = null

  let heading: Heading | null = null
  let blocks: RootContent[] = []
  let headingCount = 0
  const close = (endLine: number): void => {
    if (heading === null && blocks.length === 0) return
    const first = blocks[0]
    const last = blocks.at(-1)
    const shown = heading === null ? blocks : [heading, ...blocks]
    const cut = passagesOf([...blocks, ...notes.takeReferredBy(shown)], source)
    const lastLine = Math.max(endLine, source.endLineOf(last ?? heading!))
    // A note may be written elsewhere.
    const passages = cut.map((passage) => ({
      ...passage,
      startLine: Math.min(passage.startLine, lastLine),
      endLine: Math.min(passage.endLine, lastLine),
    }))
    if (heading === null && passages.length === 0) return
    const headings = otherTitle === null ? path.map((entry) => entry.text) : [otherTitle]
    sections.push({
      anchor: heading === null ? '' : anchorOf(heading),
      headings,
      depth: heading?.depth ?? 0,
      markdown:
        first && last ? source.slice(first.position!.start.offset!, last.position!.end.offset!).trim() : '',
      text: passages.map((passage) => passage.text).join('\n'),
      startLine: source.startLineOf(heading ?? first!),
      endLine: lastLine,
      passages,
    })
  }
  const anchorOf = (node: Heading): string => {
    const id = headingIds.get(node.position!.end.line) ?? headingIds.get(node.position!.start.line)
    const shown = plainTextOfNode(node)
    const anchor = id === undefined ? input.anchors.ofHeading(shown) : input.anchors.ofExplicit(id)
    if (anchor !== '' && seen.has(anchor)) repeated.push({anchor, line: source.startLineOf(node)})
    seen.add(anchor)
    return anchor
  }

  for (const node of root.children) {
    if (node.type !== 'heading') {
      if (node.type !== 'definition' && !notes.has(node)) blocks.push(node)
      continue
    }
    close(source.sourceLine(node.position!.start.line - 1))
    heading = node
    blocks = []
    headingCount++
    const shown = plainTextOfNode(node)
    const isTitle =
      headingCount === 1 &&
      node.depth === 1 &&
      (input.title === null || alike(shown, input.title) || isOnlyH1(root))
    while (path.length > 0 && path.at(-1)!.depth >= node.depth) path.pop()
    otherTitle = isTitle && input.title !== null && !alike(shown, input.title) ? shown : null
    if (isTitle) titleHeading = shown
    else path.push({depth: node.depth, text: shown})
  }
  close(lines.at(-1) ?? 1)
  return {sections, titleHeading, markdown: pageSource.slice(0, text.length).trim(), repeated}
}

function isOnlyH1(root: Root): boolean {
  return root.children.filter((node) => node.type === 'heading' && node.depth === 1).length === 1
}

function alike(a: string, b: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
  return plain(a) === plain(b)
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * A part of a page must stand alone: references become links, definitions go. Footnote marks go from parts (their
 * notes are parts of their own) but stay in the page.
 */
function editsOf(root: Root, text: string): {all: Edit[]; references: Edit[]} {
  const definitions = new Map<string, Definition>()
  const references: Nodes[] = []
  const marks: Edit[] = []
  const removed: Edit[] = []
  visit(root, (node) => {
    if (node.type === 'definition') {
      // The first one counts, as in CommonMark.
      if (!definitions.has(node.identifier)) definitions.set(node.identifier, node)
      removed.push({start: node.position!.start.offset!, end: node.position!.end.offset!, text: ''})
    } else if (node.type === 'linkReference' || node.type === 'imageReference') references.push(node)
    else if (node.type === 'footnoteReference')
      marks.push({start: node.position!.start.offset!, end: node.position!.end.offset!, text: ''})
  })
  const written: Edit[] = []
  for (const node of references) {
    if (node.type !== 'linkReference' && node.type !== 'imageReference') continue
    const definition = definitions.get(node.identifier)
    if (!definition) continue
    const {start, end} = node.position!
    const target = destinationOf(definition.url, definition.title ?? null)
    // Only what follows the label is replaced, so that edits never lie inside one another.
    const labelEnd =
      node.type === 'linkReference'
        ? (node.children.at(-1)?.position?.end.offset ?? start.offset! + 1)
        : text.indexOf(']', start.offset! + 2 + (node.alt ? Math.min(node.alt.length, 1) : 0))
    const bracket = text.indexOf(']', labelEnd)
    if (bracket < 0 || bracket >= end.offset!) continue
    written.push({start: bracket, end: end.offset!, text: `](${target})`})
  }
  return {all: [...removed, ...written, ...marks], references: [...removed, ...written]}
}

function destinationOf(url: string, title: string | null): string {
  const safe = /[\s()<>]/.test(url) ? `<${url.replace(/[<>\n]/g, encodeURIComponent)}>` : url
  return title ? `${safe} "${title.replace(/["\\]/g, '\\$&').replace(/\n+/g, ' ')}"` : safe
}
