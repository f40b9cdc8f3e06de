import type {List, ListItem, Nodes, PhrasingContent} from 'mdast'
import type {QuotableUnit} from '../../domain/index.ts'
import {literal} from '../../text/literal-markdown.ts'
import type {FlatSource} from '../flat-source.ts'
import {codeTitleOf} from '../plain-text.ts'
import {inlinePieces, isOnlyImages, markdownOfPieces, textOfPieces} from './inline-pieces.ts'
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

export function bulletOf({ordered, start}: List, index: number): string {
  return ordered ? `${(start ?? 1) + index}. ` : '- '
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
  const markdown: string[] = []
  const text: string[] = []
  let linked = 0
  for (const node of item.children) {
    if (node.type === 'paragraph') {
      if (isOnlyImages(node.children)) continue
      const pieces = inlinePieces(node.children, source)
      markdown.push(markdownOfPieces(pieces))
      text.push(textOfPieces(pieces))
      linked += linkedIn(node.children, source)
      continue
    }
    const title = node.type === 'code' ? codeTitleOf(node.meta) : null
    if (title !== null) {
      markdown.push(`\n${literal(title)}`)
      text.push(title)
    }
    for (const block of blocksOf(node, source)) {
      markdown.push(markdownInItem(block))
      text.push([block.tableHeadText, ...block.units.map((unit) => unit.text)].filter(Boolean).join('\n'))
    }
  }
  // After the bullet only a fence needs a new line: text on one would leave the bullet empty.
  const whole = markdown
    .filter(Boolean)
    .join('\n')
    .replace(/^\n(?!`{3})/, '')
  return {markdown: whole, text: text.filter(Boolean).join('\n'), linked}
}

function markdownInItem({kind, tableHead, units}: UnplacedBlock): string {
  // Anything but a nested list needs an empty line before it to start reliably.
  const isLoose = kind === 'code' || kind === 'table' || kind === 'paragraph'
  const lines =
    kind === 'paragraph' ? [units.map((unit) => unit.markdown).join(' ')] : units.map((unit) => unit.markdown)
  return (isLoose ? '\n' : '') + [tableHead, ...lines].filter(Boolean).join('\n')
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
