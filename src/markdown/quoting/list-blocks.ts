import type {List, ListItem, Nodes, PhrasingContent} from 'mdast'
import type {QuotableUnit} from '../../domain/index.ts'
import {asParagraph, literal} from '../../text/literal-markdown.ts'
import type {FlatSource} from '../flat-source.ts'
import {codeTitleOf} from '../plain-text.ts'
import {inlinePieces, isOnlyImages, markdownOfPieces, textOfPieces} from './inline-pieces.ts'
import {joinedSentences} from './sentence-units.ts'
import {blockOf, type UnplacedBlock} from './unplaced-block.ts'

/** Minimum share of a list's visible characters in links for it to be navigation. */
const navigationShare = 0.45

/** Returns the quotable blocks of a node inside an item. */
type BlocksOf = (node: Nodes, source: FlatSource) => UnplacedBlock[]

/** A list as one block, with a unit for each item that has words. */
export function listBlocks(list: List, source: FlatSource, blocksOf: BlocksOf): UnplacedBlock[] {
  const kind = list.ordered ? 'step' : 'item'
  const items = list.children.map((item, index) => {
    const {markdown, text, linked} = contentOf(item, source, blocksOf)
    const lines = {startLine: source.startLineOf(item), endLine: source.endLineOf(item)}
    return {unit: listUnit(kind, bulletOf(list, index), {markdown, text: text.trim(), ...lines}), linked}
  })
  const shown = items.filter(({unit}) => unit.text !== '')
  if (shown.length === 0) return []
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
  const linked = sum(shown.map((item) => item.linked))
  const isNavigation = linked >= navigationShare * sum(shown.map(({unit}) => unit.text.length))
  const units = shown.map(({unit}) => unit)
  return [blockOf(list.ordered ? 'steps' : 'list', units, {isNavigation})]
}

/** Markdown knows no greater number of a list item. */
const maxStep = 999_999_999

export function bulletOf({ordered, start}: List, index: number): string {
  return ordered ? `${Math.min((start ?? 1) + index, maxStep)}. ` : '- '
}

/** An item or step with its bullet. */
export function listUnit(
  kind: 'item' | 'step',
  bullet: string,
  content: Pick<QuotableUnit, 'markdown' | 'text' | 'startLine' | 'endLine'>,
): QuotableUnit {
  return {
    ...content,
    kind,
    markdown: bullet + indented(content.markdown, bullet.length),
    isLeadIn: false,
  }
}

interface ItemContent {
  readonly markdown: string
  readonly text: string
  /** Visible characters inside links. */
  readonly linked: number
}

function contentOf(item: ListItem, source: FlatSource, blocksOf: BlocksOf): ItemContent {
  const [only, ...others] = item.children
  // A list in an item of its own, as `- - text`, would otherwise follow an empty bullet.
  if (only?.type === 'list' && only.children.length === 1 && others.length === 0)
    return contentOf(only.children[0]!, source, blocksOf)
  const parts: ItemPart[] = []
  let linked = 0
  for (const node of item.children) {
    if (node.type === 'paragraph') {
      if (isOnlyImages(node.children)) continue
      const pieces = inlinePieces(node.children, source)
      // What is left at the beginning after a picture must not begin a heading or a list.
      parts.push({markdown: asParagraph(markdownOfPieces(pieces)), text: textOfPieces(pieces), isLoose: true})
      linked += linkedIn(node.children, source)
      continue
    }
    const title = node.type === 'code' ? codeTitleOf(node.meta) : null
    if (title !== null) parts.push({markdown: literal(title), text: title, isLoose: true})
    let heading = ''
    for (const block of blocksOf(node, source)) {
      if (block.heading !== heading && block.heading !== '')
        parts.push({markdown: `**${literal(block.heading)}**`, text: block.heading, isLoose: true})
      heading = block.heading
      parts.push(partOf(block))
    }
  }
  const shown = parts.filter((part) => part.markdown !== '')
  // After the bullet only a fence needs a new line: text on one would leave the bullet empty.
  const startsLoose = shown[0]?.markdown.startsWith('```') ?? false
  const markdown = shown.map((part, index) => {
    const isLoose = index === 0 ? startsLoose : part.isLoose
    return (isLoose ? '\n' : '') + part.markdown
  })
  return {
    markdown: markdown.join('\n'),
    text: shown
      .map((part) => part.text)
      .filter(Boolean)
      .join('\n'),
    linked,
  }
}

interface ItemPart {
  readonly markdown: string
  readonly text: string
  /** Whether it needs an empty line before it to start reliably, as anything but a nested list. */
  readonly isLoose: boolean
}

function partOf({kind, tableHead, tableHeadText, units}: UnplacedBlock): ItemPart {
  const isParagraph = kind === 'paragraph'
  const lines = isParagraph ? [joinedSentences(units, 'markdown')] : units.map((unit) => unit.markdown)
  const texts = isParagraph ? [joinedSentences(units, 'text')] : units.map((unit) => unit.text)
  // An ordered list that does not begin at 1 cannot interrupt a paragraph.
  const isNestedList = kind === 'list' || (kind === 'steps' && lines[0]!.startsWith('1. '))
  return {
    markdown: [tableHead, ...lines].filter(Boolean).join('\n'),
    text: [tableHeadText, ...texts].filter(Boolean).join('\n'),
    isLoose: !isNestedList,
  }
}

function linkedIn(nodes: readonly PhrasingContent[], source: FlatSource): number {
  return nodes.reduce((sum, node) => {
    if (node.type === 'link' || node.type === 'linkReference')
      return sum + textOfPieces(inlinePieces(node.children, source)).length
    return 'children' in node ? sum + linkedIn(node.children, source) : sum
  }, 0)
}

function indented(text: string, by: number): string {
  return text.replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(by)}`)
}
