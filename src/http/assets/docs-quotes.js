// Marks the words of a page that a link quotes, as `#section:~:text=words`. Browsers do so as well, but drop their mark with
// the first click.

const article = document.querySelector('main article')

/** @typedef {{readonly texts: string, readonly nodes: Text[], readonly at: number[], readonly within: number[]}} Letters */

/** Letters and digits alone, so that quotes are found whatever signs, marks and line breaks stand between words. */
const letter = /[\p{L}\p{N}]/u

/** @param {string} text */
function lettersOf(text) {
  return [...text.normalize('NFKC').toLowerCase()].filter((character) => letter.test(character)).join('')
}

/**
 * The letters of an element, each with its text node and the offset in it.
 * @param {Element} element
 * @returns {Letters}
 */
function lettersIn(element) {
  let texts = ''
  /** @type {Text[]} */
  const nodes = []
  /** @type {number[]} */
  const at = []
  /** @type {number[]} */
  const within = []
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest('.anchor, .code-head') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  )
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const value = node.nodeValue ?? ''
    nodes.push(/** @type {Text} */ (node))
    let offset = 0
    for (const character of value) {
      for (const part of lettersOf(character)) {
        texts += part
        for (let unit = 0; unit < part.length; unit++) {
          at.push(nodes.length - 1)
          within.push(offset)
        }
      }
      offset += character.length
    }
  }
  return {texts, nodes, at, within}
}

/**
 * The texts of a fragment directive: `[prefix-,]start[,end][,-suffix]`.
 * @param {string} fragment
 */
function quotesIn(fragment) {
  const [, directive = ''] = fragment.split(':~:')
  return directive
    .split('&')
    .filter((part) => part.startsWith('text='))
    .slice(0, 10)
    .map((part) => {
      const pieces = part.slice('text='.length).split(',')
      const prefix = pieces[0]?.endsWith('-') ? (pieces.shift() ?? '') : ''
      const suffix = pieces.at(-1)?.startsWith('-') ? (pieces.pop() ?? '') : ''
      const [start = '', end = ''] = pieces
      return {prefix: read(prefix), start: read(start), end: read(end), suffix: read(suffix)}
    })
}

/** @param {string} encoded */
function read(encoded) {
  try {
    return lettersOf(decodeURIComponent(encoded))
  } catch {
    return lettersOf(encoded)
  }
}

/**
 * Marks the words that a fragment quotes, and shows the first of them.
 * @param {string} fragment As `#section:~:text=words`.
 */
function markQuotes(fragment) {
  if (article === null) return
  const anchor = document.getElementById(anchorOf(fragment))
  for (const {prefix, start, end, suffix} of quotesIn(fragment)) {
    if (start === '') continue
    const letters = lettersIn(article)
    const {texts} = letters
    const sought = prefix + start + (end === '' ? suffix : '')
    const from = anchor === null ? 0 : Math.max(0, firstLetterAfter(anchor, letters))
    // Another section may have the same words: that of the anchor comes first.
    const found = [
      texts.indexOf(sought, from),
      texts.indexOf(sought),
      texts.indexOf(start, from),
      texts.indexOf(start),
    ]
    const index = found.findIndex((place) => place >= 0)
    if (index < 0) continue
    const first = (found[index] ?? 0) + (index < 2 ? prefix.length : 0)
    const endAt = end === '' ? -1 : texts.indexOf(end, first + start.length)
    markLetters(letters, first, (endAt < 0 ? first + start.length : endAt + end.length) - 1)
  }
  const first = document.querySelector('mark.quoted')
  if (first === null) return
  // The browser may have shown the middle of a long line.
  first.closest('pre')?.scrollTo({left: 0})
  first.scrollIntoView({block: 'center'})
  hideBrowserMarks()
}

const withoutBrowserMarks = new CSSStyleSheet()
withoutBrowserMarks.replaceSync('::target-text { background-color: transparent; color: currentColor }')

/** What the browser marked when it opened the page would stay beside later marks. */
function hideBrowserMarks() {
  if (!document.adoptedStyleSheets.includes(withoutBrowserMarks))
    document.adoptedStyleSheets.push(withoutBrowserMarks)
}

function clearMarks() {
  hideBrowserMarks()
  for (const mark of document.querySelectorAll('mark.quoted')) {
    const parent = mark.parentNode
    mark.replaceWith(...mark.childNodes)
    parent?.normalize()
  }
}

/** @param {string} fragment */
function anchorOf(fragment) {
  const id = fragment.replace(/^#/, '').split(':~:')[0] ?? ''
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

/**
 * @param {Element} anchor
 * @param {Letters} letters
 */
function firstLetterAfter(anchor, {nodes, at}) {
  const node = nodes.findIndex(
    (text) =>
      anchor.contains(text) || anchor.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING,
  )
  return node < 0 ? 0 : at.findIndex((index) => index >= node)
}

/**
 * @param {Letters} letters
 * @param {number} first
 * @param {number} last
 */
function markLetters({nodes, at, within}, first, last) {
  const [from, to] = [at[first] ?? 0, at[last] ?? 0]
  for (let index = from; index <= to; index++) {
    let node = nodes[index]
    if (node === undefined) continue
    const end = index === to ? (within[last] ?? 0) + 1 : node.length
    const start = index === from ? (within[first] ?? 0) : 0
    if (end < node.length) node.splitText(end)
    if (start > 0) node = node.splitText(start)
    // Between blocks and rows there is only space.
    if (node.data.trim() === '') continue
    const mark = document.createElement('mark')
    mark.className = 'quoted'
    node.replaceWith(mark)
    mark.append(node)
  }
}

/** The fragment that this page was opened with. Browsers leave the quote out of `location`, but not out of its timing. */
function openedFragment() {
  const opened = performance.getEntriesByType('navigation')[0]?.name ?? ''
  const fragment = opened.includes('#') ? opened.slice(opened.indexOf('#')) : ''
  const isHere =
    fragment.split(':~:')[0] === (location.hash.split(':~:')[0] || (fragment.startsWith('#:~:') ? '#' : ''))
  return isHere && fragment.includes(':~:') ? fragment : location.hash
}

/** @param {Event} event */
function linkOf(event) {
  return event
    .composedPath()
    .find(
      /** @returns {target is HTMLAnchorElement} */ (target) =>
        target instanceof HTMLAnchorElement && target.href !== '',
    )
}

if (openedFragment().includes(':~:text=')) markQuotes(openedFragment())
// A link within this page opens no page. One of the assistant's quotes nothing: its panel marks the words itself.
document.addEventListener('click', (event) => {
  const link = linkOf(event)
  if (link === undefined || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey)
    return
  const [address, fragment = ''] = link.href.split('#')
  if (address !== location.href.split('#')[0] || !link.href.includes('#')) return
  setTimeout(() => {
    clearMarks()
    markQuotes(`#${fragment}`)
  })
})
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') clearMarks()
})

export {}
