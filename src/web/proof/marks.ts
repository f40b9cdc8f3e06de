import {finderIn} from './find-words.ts'

/** The name of the highlight on the page around. */
const highlightName = 'docs-assistant-quote'
const maxTextNodes = 50_000
const unread = 'script, style, noscript, template, textarea, select, [hidden], figcaption'

/**
 * The places of quotes in what is shown of an element, in the order of the quotes; those that it does not have are left
 * out.
 * @param from Where the section begins that is quoted: its words come before the same ones elsewhere.
 */
export function rangesOf(root: Element, quotes: readonly string[], from: Element | null = null): Range[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest(unread) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  )
  const nodes: Text[] = []
  const starts: number[] = []
  let text = ''
  let begin = 0
  while (nodes.length < maxTextNodes && walker.nextNode() !== null) {
    const node = walker.currentNode as Text
    const isBefore =
      from !== null &&
      !from.contains(node) &&
      !(from.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING)
    nodes.push(node)
    starts.push(text.length)
    text += node.data
    if (isBefore) begin = text.length
  }
  const nodeAt = (offset: number): number => starts.findLastIndex((start) => start <= offset)
  const find = finderIn(text)
  return quotes.flatMap((quote) => {
    const place = find(quote, begin)
    if (place === null) return []
    const [first, last] = [nodeAt(place[0]), nodeAt(place[1] - 1)]
    const range = document.createRange()
    range.setStart(nodes[first]!, place[0] - starts[first]!)
    range.setEnd(nodes[last]!, place[1] - starts[last]!)
    return [range]
  })
}

/** Puts `<mark class="quoted">` around the text of a range; for elements of our own, whose nodes may be split. */
export function wrapInMarks(range: Range): void {
  const {startContainer, startOffset, endContainer, endOffset, commonAncestorContainer} = range
  const walker = document.createTreeWalker(commonAncestorContainer, NodeFilter.SHOW_TEXT)
  const inside: Text[] = []
  let node: Node | null =
    walker.currentNode.nodeType === Node.TEXT_NODE ? walker.currentNode : walker.nextNode()
  for (; node !== null; node = walker.nextNode()) if (range.intersectsNode(node)) inside.push(node as Text)
  for (const text of inside) {
    let marked = text
    if (text === endContainer && endOffset < text.length) text.splitText(endOffset)
    if (text === startContainer && startOffset > 0) marked = text.splitText(startOffset)
    if (marked.data.trim() === '') continue
    const mark = document.createElement('mark')
    mark.className = 'quoted'
    marked.replaceWith(mark)
    mark.append(marked)
  }
}

let sheet: CSSStyleSheet | null = null

/** Where the marks are on the page around; null where it does not have the words. Earlier marks go. */
export function markOnPage(anchor: string, quotes: readonly string[]): Range | null {
  clearPageMarks()
  const section = anchor === '' ? null : document.getElementById(anchor)
  const main = 'main, article, [role=main]'
  const root = section?.closest(main) ?? document.querySelector(main) ?? document.body
  const ranges = rangesOf(root, quotes, section)
  if (ranges.length === 0) return null
  // The page's nodes are not touched: it may keep an account of them.
  if (CSS.highlights !== undefined) {
    if (sheet === null) {
      sheet = new CSSStyleSheet()
      // From then on these marks are the only ones: what the browser marked when it loaded the page would stay beside them.
      sheet.replaceSync(`::highlight(${highlightName}) { background-color: #ffe58a; color: #1b1d22 }
        ::target-text { background-color: transparent; color: currentColor }`)
    }
    if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet)
    CSS.highlights.set(highlightName, new Highlight(...ranges))
  }
  return ranges[0]!
}

export function clearPageMarks(): void {
  CSS.highlights?.delete(highlightName)
}
