import type {Element, ElementContent, Root, Text} from 'hast'
import {type CodeNode, highlight} from '../../lib/highlight-code.ts'
import {type DocsWords, fill} from './docs-words.ts'

/** A heading of a page, for its table of contents. */
export interface ContentsEntry {
  readonly depth: 2 | 3
  readonly anchor: string
  readonly title: string
}

/** Time for colouring the code of one page, in milliseconds. What is left then stays plain. */
const maxColouringMs = 1_500
const maxLabelChars = 80
/** A longer first line of code would lie under the head of its frame in a column of usual width. */
const maxBesideHeadChars = 56

/**
 * Makes the sanitised tree of a page an article: links at its headings, coloured code with a label, code and tables that
 * scroll by keyboard, labelled task boxes. Returns the headings for its table of contents.
 */
export function decorateArticle(tree: Root, words: DocsWords): readonly ContentsEntry[] {
  const contents: ContentsEntry[] = []
  const until = performance.now() + maxColouringMs

  const decorated = (node: ElementContent, parent: Element | Root): ElementContent => {
    if (node.type !== 'element') return node
    if (node.tagName === 'pre') return codeFigure(node, words, performance.now() < until)
    const children = node.children.map((child) => decorated(child, node))
    const element: Element = {...node, children}
    if (/^h[1-6]$/.test(node.tagName)) return withAnchorLink(element, words, contents)
    if (node.tagName === 'table') return scrollable(withoutEmptyHead(element), 'table', words.table)
    if (node.tagName === 'code' && 'tagName' in parent && /^t[dh]$/.test(parent.tagName))
      return {...element, children: children.flatMap((child) => breakable(child))}
    // A corner without words heads nothing.
    if (node.tagName === 'th' && textOf(node).trim() === '') return {...element, tagName: 'td'}
    if (node.tagName === 'input') {
      const isDone = 'checked' in node.properties && node.properties['checked'] !== false
      const text = [...textOf(parent).trim()].slice(0, maxLabelChars).join('')
      const label = fill(isDone ? words.done : words.toDo, {text})
      return {...element, properties: {...element.properties, ariaLabel: label}}
    }
    return element
  }
  tree.children = tree.children.map((node) => (node.type === 'element' ? decorated(node, tree) : node))
  return contents
}

function withAnchorLink(heading: Element, words: DocsWords, contents: ContentsEntry[]): Element {
  const {id} = heading.properties
  if (typeof id !== 'string' || id === '' || id === 'footnote-label') return heading
  const title = textOf(heading).trim()
  const depth = Number(heading.tagName.slice(1))
  if ((depth === 2 || depth === 3) && title !== '') contents.push({depth, anchor: id, title})
  const link = element(
    'a',
    {className: ['anchor'], href: `#${id}`, ariaLabel: fill(words.section, {title})},
    [text('#')],
  )
  return {...heading, children: [...heading.children, link]}
}

/** A code block with its language, in a frame that a Copy button fits in. */
function codeFigure(pre: Element, words: DocsWords, isColoured: boolean): Element {
  const code = pre.children.find(
    (child): child is Element => child.type === 'element' && child.tagName === 'code',
  )
  const language = languageOf(code)
  const source = textOf(pre)
  const name = language === '' ? words.code : `${words.code}: ${language}`
  const children: ElementContent[] =
    language !== '' && isColoured
      ? highlight(source.replace(/\n$/, ''), language).map(coloured)
      : [text(source)]
  const isWide = source.split('\n', 1)[0]!.length > maxBesideHeadChars
  return element('div', {className: isWide ? ['code', 'wide'] : ['code']}, [
    element('div', {className: ['code-head']}, [text(language)]),
    element('pre', {tabIndex: 0, role: 'group', ariaLabel: name}, [element('code', {dir: 'ltr'}, children)]),
  ])
}

function languageOf(code: Element | undefined): string {
  const names = code?.properties['className']
  const name = Array.isArray(names) ? names.find((given) => String(given).startsWith('language-')) : undefined
  return name === undefined ? '' : String(name).slice('language-'.length)
}

function coloured(node: CodeNode): Element | Text {
  if (typeof node === 'string') return text(node)
  return element('span', {className: [node.attributes.class]}, node.children.map(coloured))
}

function scrollable(content: Element, className: string, label: string): Element {
  return element('div', {className: [className], tabIndex: 0, role: 'group', ariaLabel: label}, [content])
}

/** Shorter code stays in one line of its cell. */
const minBreakableChars = 24

/** Long code in a cell may be broken behind its signs: it would make the table wider than its page. */
function breakable(node: ElementContent): ElementContent[] {
  if (node.type !== 'text' || node.value.length < minBreakableChars) return [node]
  const parts = node.value.split(/(?<=[/=?&,;:#.@|_-])(?=[\p{L}\p{N}])/u)
  return parts.flatMap((part, n) => (n === 0 ? [text(part)] : [element('wbr', {}, []), text(part)]))
}

/** Without a head that has no words: it would be a blank row. */
function withoutEmptyHead(table: Element): Element {
  const isBlank = (child: ElementContent): boolean =>
    child.type === 'element' && child.tagName === 'thead' && textOf(child).trim() === ''
  return {...table, children: table.children.filter((child) => !isBlank(child))}
}

function textOf(node: Root | ElementContent | Root['children'][number]): string {
  if (node.type === 'text') return node.value
  return 'children' in node ? node.children.map(textOf).join('') : ''
}

function element(tagName: string, properties: Element['properties'], children: ElementContent[]): Element {
  return {type: 'element', tagName, properties, children}
}

function text(value: string): Text {
  return {type: 'text', value}
}
