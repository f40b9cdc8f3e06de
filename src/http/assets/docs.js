// What the ingested pages do with a script: results while typing, copying, the section in view, the assistant. All of
// them can be read without it.

/** @type {HTMLElement} */
const main = document.querySelector('main') ?? document.body

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

/**
 * Scrolls a list that scrolls by itself so that its current entry can be seen. The page does not move.
 * @param {Element | null} list
 */
function showCurrent(list) {
  const current = list?.querySelector('[aria-current]')
  if (!list || !current || list.scrollHeight <= list.clientHeight) return
  const [at, frame] = [current.getBoundingClientRect(), list.getBoundingClientRect()]
  if (at.top < frame.top || at.bottom > frame.bottom)
    list.scrollTop += at.top - frame.top - list.clientHeight / 3
}

showCurrent(document.querySelector('.side'))
const contents = document.querySelector('.contents')

/** @type {HTMLAnchorElement[]} */
const contentLinks = [...document.querySelectorAll('.contents a')].filter(
  (link) => link instanceof HTMLAnchorElement,
)

const sections = contentLinks.flatMap((link) => {
  // As it was written: `link.hash` has it percent-encoded.
  const heading = document.getElementById((link.getAttribute('href') ?? '').slice(1))
  return heading === null ? [] : [{link, heading}]
})

let isFrameDue = false
function showSection() {
  isFrameDue = false
  const line = (document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0) + 96
  const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2
  const passed = sections.filter(({heading}) => heading.getBoundingClientRect().top <= line)
  // What was linked to is current as long as it is read, wherever its section begins.
  const target = sections.find(({heading}) => heading.matches(':target'))
  const targetTop = target?.heading.getBoundingClientRect().top ?? 0
  const linked = targetTop > line && targetTop < innerHeight / 2 ? target : undefined
  const now = isAtEnd && scrollY > 0 ? sections.at(-1) : (linked ?? passed.at(-1))
  for (const {link} of sections) {
    if (link === now?.link) link.setAttribute('aria-current', 'location')
    else link.removeAttribute('aria-current')
  }
  showCurrent(contents)
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

// Dark or light -----------------------------------------------------------------------------------------------------

document.querySelector('button.theme')?.addEventListener('click', () => {
  const {documentElement: root} = document
  const before =
    root.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  const theme = before === 'dark' ? 'light' : 'dark'
  root.dataset['theme'] = theme
  try {
    localStorage.setItem('docent:theme', theme)
  } catch {
    // Storage is not allowed: the choice lasts until the page is left.
  }
})

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
    if (event.target instanceof Element && event.target.closest('.results a')) close()
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
  // Room was kept for it.
  const kept = document.adoptedStyleSheets.find(({cssRules}) =>
    cssRules[0]?.cssText.includes('--docs-assistant-dock:'),
  )
  const giveBack = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== kept)
  }
  // After everything that is needed to read. Then its keys work as well.
  const later = () => setTimeout(() => load().catch(() => undefined), 200)
  if (kept !== undefined) load().catch(giveBack)
  else if (document.readyState === 'complete') later()
  else addEventListener('load', later, {once: true})
}

export {}
