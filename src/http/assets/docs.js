// What the ingested pages do with a script: results while typing, copying, the section in view, quoted words. All of
// them can be read without it.

/** @type {HTMLElement} */
const main = document.querySelector('main') ?? document.body
const article = main.querySelector('article')

// Quoted words ------------------------------------------------------------------------------------------------------

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
 * Marks the words that a fragment quotes, and shows the first of them. Marks of an earlier fragment go.
 * @param {string} fragment As `#section:~:text=words`.
 */
function markQuotes(fragment) {
  for (const mark of document.querySelectorAll('mark.quoted')) {
    const parent = mark.parentNode
    mark.replaceWith(...mark.childNodes)
    parent?.normalize()
  }
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
  document.querySelector('mark.quoted')?.scrollIntoView({block: 'center'})
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
// A link within this page, as from the assistant's panel, opens no page.
document.addEventListener('click', (event) => {
  const link = linkOf(event)
  if (link === undefined || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey)
    return
  const [address, fragment] = link.href.split('#')
  if (address !== location.href.split('#')[0] || !fragment?.includes(':~:text=')) return
  setTimeout(markQuotes, 0, `#${fragment}`)
})

// Code and tables ---------------------------------------------------------------------------------------------------

for (const head of document.querySelectorAll('.code-head')) {
  const button = document.createElement('button')
  const {copy = 'Copy', copied = 'Copied'} = main.dataset
  button.type = 'button'
  button.textContent = copy
  button.addEventListener('click', async () => {
    const code = head.parentElement?.querySelector('code')?.textContent ?? ''
    try {
      await navigator.clipboard.writeText(code.replace(/\n$/, ''))
    } catch {
      // Without a secure connection there is no clipboard: the code is selected, to be copied by key.
      getSelection()?.selectAllChildren(/** @type {Element} */ (head.parentElement?.querySelector('code')))
      return
    }
    button.textContent = copied
    setTimeout(() => {
      button.textContent = copy
    }, 2000)
  })
  head.append(button)
}

// Only what can be scrolled is a stop of the Tab key.
const sizes = new ResizeObserver((entries) => {
  for (const {target} of entries) {
    const canScroll = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight
    if (canScroll) target.setAttribute('tabindex', '0')
    else target.removeAttribute('tabindex')
  }
})
for (const box of document.querySelectorAll('.code pre, .table')) sizes.observe(box)

// Navigation --------------------------------------------------------------------------------------------------------

const side = document.querySelector('.side')
const current = side?.querySelector('[aria-current]')
if (side && current && side.scrollHeight > side.clientHeight) {
  side.scrollTop +=
    current.getBoundingClientRect().top - side.getBoundingClientRect().top - side.clientHeight / 3
}

/** @type {HTMLAnchorElement[]} */
const contentLinks = [...document.querySelectorAll('.contents a')].filter(
  (link) => link instanceof HTMLAnchorElement,
)
const sections = contentLinks.flatMap((link) => {
  const heading = document.getElementById(anchorOf(link.hash))
  return heading === null ? [] : [{link, heading}]
})

let isFrameDue = false
function showSection() {
  isFrameDue = false
  const line = (document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0) + 40
  const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2
  const passed = sections.filter(({heading}) => heading.getBoundingClientRect().top <= line)
  const now = isAtEnd && scrollY > 0 ? sections.at(-1) : passed.at(-1)
  for (const {link} of sections) {
    if (link === now?.link) link.setAttribute('aria-current', 'location')
    else link.removeAttribute('aria-current')
  }
}
if (sections.length > 0) {
  addEventListener(
    'scroll',
    () => {
      if (isFrameDue) return
      isFrameDue = true
      requestAnimationFrame(showSection)
    },
    {passive: true},
  )
  showSection()
}

// Search ------------------------------------------------------------------------------------------------------------

const form = document.querySelector('form.search')
const box = form?.querySelector('input[type=search]')
if (form instanceof HTMLFormElement && box instanceof HTMLInputElement) {
  let sent = new AbortController()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer

  const close = () => {
    clearTimeout(timer)
    sent.abort()
    form.querySelector('.results')?.remove()
  }

  const search = async () => {
    sent.abort()
    sent = new AbortController()
    const {signal} = sent
    const query = new URLSearchParams()
    for (const [name, value] of new FormData(form)) query.set(name, String(value))
    query.set('prefix', '1')
    try {
      const response = await fetch(`/docs/search?${query}`, {signal})
      // An inert document: nothing in it runs or loads.
      const found = new DOMParser()
        .parseFromString(await response.text(), 'text/html')
        .querySelector('.results')
      if (signal.aborted || found === null) return
      close()
      form.append(document.adoptNode(found))
    } catch {
      // Enter opens the page of results, which says what is wrong.
    }
  }

  box.addEventListener('input', (event) => {
    if (event instanceof InputEvent && event.isComposing) return
    clearTimeout(timer)
    if (box.value.trim() === '') close()
    else timer = setTimeout(search, 120)
  })
  box.addEventListener('compositionend', () => {
    clearTimeout(timer)
    timer = setTimeout(search, 120)
  })
  form.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    if (event.key === 'Escape' && form.querySelector('.results') !== null) {
      event.preventDefault()
      close()
      box.focus()
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const stops = [box, ...form.querySelectorAll('.results a')]
    const at = stops.indexOf(/** @type {Element} */ (event.target))
    const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)]
    if (!(next instanceof HTMLElement)) return
    event.preventDefault()
    next.focus()
  })
  form.addEventListener('focusout', (event) => {
    if (event.relatedTarget instanceof Node && !form.contains(event.relatedTarget)) close()
  })
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !form.contains(event.target)) close()
  })
  form.addEventListener('click', (event) => {
    if (linkOf(event)?.closest('.results')) close()
  })

  document.addEventListener('keydown', (event) => {
    const [target] = event.composedPath()
    const isTyping =
      target instanceof HTMLElement &&
      (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
    if (
      event.key !== '/' ||
      isTyping ||
      event.defaultPrevented ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    )
      return
    event.preventDefault()
    box.focus()
    box.select()
  })
}

// The assistant -----------------------------------------------------------------------------------------------------

/** @type {(HTMLElement & {show(): void}) | null} */
const assistant = document.querySelector('docs-assistant')
if (assistant !== null) {
  /** @type {Promise<unknown> | undefined} */
  let loading
  const load = () => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement('script')
      script.src = '/widget.js'
      script.addEventListener('load', resolve)
      script.addEventListener('error', reject)
      document.head.append(script)
    })
    return loading
  }

  document.querySelector('a.ask')?.addEventListener('click', async (event) => {
    if (!(event instanceof MouseEvent) || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    try {
      await load()
      /** @type {HTMLElement & {show(): void}} */
      assistant.show()
    } catch {
      location.href = '/'
    }
  })
  // After everything that is needed to read. Then its keys work as well.
  const later = () => setTimeout(() => load().catch(() => undefined), 200)
  if (document.readyState === 'complete') later()
  else addEventListener('load', later, {once: true})
}
