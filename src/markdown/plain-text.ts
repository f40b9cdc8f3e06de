import type {Nodes, Parents} from 'mdast'

/** A node's visible text: code and alternative texts included, blocks and rows separated by a line break. */
export function plainTextOfNode(node: Nodes): string {
  switch (node.type) {
    case 'text':
      return onOneLine(node.value)
    case 'inlineCode':
      return node.value
    case 'code': {
      const title = codeTitleOf(node.meta)
      return title === null ? node.value : `${title}\n${node.value}`
    }
    case 'break':
      return ' '
    case 'image':
    case 'imageReference':
      return node.alt ?? ''
    case 'footnoteReference':
    case 'definition':
    case 'thematicBreak':
    case 'html':
    case 'yaml':
      return ''
    case 'table':
      return node.children
        .map((row) => plainTextOfNode(row))
        .filter(Boolean)
        .join('\n')
    case 'tableRow':
      return node.children
        .map((cell) => plainTextOfNode(cell).trim())
        .join(' | ')
        .replace(/^(?: \| )+|(?: \| )+$/g, '')
    case 'root':
    case 'blockquote':
    case 'list':
    case 'listItem':
    case 'footnoteDefinition':
      return node.children
        .map((child) => plainTextOfNode(child))
        .filter(Boolean)
        .join('\n')
    case 'link': {
      const text = inline(node)
      return text === '' ? node.url : text
    }
    default:
      return 'children' in node
        ? inline(node as Parents)
            .replace(/[ \t]{2,}/g, ' ')
            .trim()
        : ''
  }
}

/** A line break, with the spaces around it, becomes a space. */
function onOneLine(text: string): string {
  const lines = text.split('\n')
  const last = lines.length - 1
  return lines
    .map((line, n) => (n === 0 ? line : line.trimStart()))
    .map((line, n) => (n === last ? line : line.trimEnd()))
    .filter((line, n) => line !== '' || n === 0 || n === last)
    .join(' ')
}

function inline(node: Parents): string {
  let text = ''
  for (const child of node.children) {
    text += child.type === 'text' ? onOneLine(child.value) : inlineOf(child)
  }
  return text
}

function inlineOf(node: Nodes): string {
  if (
    node.type === 'emphasis' ||
    node.type === 'strong' ||
    node.type === 'delete' ||
    node.type === 'linkReference'
  )
    return inline(node)
  return plainTextOfNode(node)
}

/** The file name in a fence's info string, as `title="app.ts"`; null when it has none. */
export function codeTitleOf(meta: string | null | undefined): string | null {
  if (!meta) return null
  const match = /(?:^|\s)title=(?:"((?:[^"\\]|\\.)*)"|'([^']*)')/.exec(meta)
  return match ? (match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? null) : null
}
