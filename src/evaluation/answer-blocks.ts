import type {Nodes} from 'mdast'
import {parseMarkdown, plainTextOfNode} from '../markdown/index.ts'

/** A paragraph, heading, table or code block of some Markdown, including those inside lists and quotes. */
export interface MarkdownBlock {
  readonly kind: 'paragraph' | 'heading' | 'table' | 'code'
  /** Visible text. */
  readonly text: string
  /** A heading, or a line that is bold from end to end. */
  readonly isLabel: boolean
  /** `[start, end)` in UTF-16 units of the Markdown. */
  readonly start: number
  readonly end: number
}

interface ReadingOptions {
  /** Whether the alternative texts of images are included. */
  readonly images: boolean
}

/** In reading order; blocks without visible text are left out. Default with images. */
export function markdownBlocks(markdown: string, {images}: ReadingOptions = {images: true}): MarkdownBlock[] {
  return blocksIn(treeOf(markdown, images))
}

function blocksIn(node: Nodes): MarkdownBlock[] {
  switch (node.type) {
    case 'root':
    case 'blockquote':
    case 'list':
    case 'listItem':
    case 'footnoteDefinition':
      return node.children.flatMap(blocksIn)
    case 'paragraph':
    case 'heading':
    case 'table':
    case 'code': {
      const text = plainTextOfNode(node)
      if (text.trim() === '') return []
      const isLabel = node.type === 'heading' || (node.type === 'paragraph' && isBold(node.children))
      const {start, end} = node.position ?? {}
      return [{kind: node.type, text, isLabel, start: start?.offset ?? 0, end: end?.offset ?? 0}]
    }
    default:
      return []
  }
}

function isBold(children: readonly Nodes[]): boolean {
  const [only, ...others] = children.filter((child) => child.type !== 'text' || child.value.trim() !== '')
  return only?.type === 'strong' && others.length === 0
}

/** The visible text of some Markdown, blocks separated by a line break. */
export function visibleText(markdown: string, {images}: ReadingOptions): string {
  return plainTextOfNode(treeOf(markdown, images))
}

function treeOf(markdown: string, images: boolean): Nodes {
  const root = parseMarkdown(markdown)
  return images ? root : withoutImages(root)
}

function withoutImages<T extends Nodes>(node: T): T {
  if (!('children' in node)) return node
  const kept = node.children.filter(({type}) => type !== 'image' && type !== 'imageReference')
  return {...node, children: kept.map(withoutImages)}
}

/** Markdown with its links and images reduced to their text. */
export function withoutLinks(markdown: string): string {
  return markdown.replace(/!?\[((?:[^[\]]|\[[^[\]]*\])*)\](?:\((?:[^()]|\([^()]*\))*\)|\[[^[\]]*\])/g, '$1')
}
