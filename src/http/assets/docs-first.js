// What a page of the docs must know before it is shown. Keep it small: it holds up the first paint.

const {documentElement: root, currentScript: script} = document
root.dataset['hasScript'] = ''

/** The least that is left for the page, as in the assistant. */
const minPagePx = 760

try {
  // As it was chosen, here or on the assistant's own page.
  const theme = localStorage.getItem('docent:theme')
  if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme
  // The room of a docked assistant, so that nothing jumps when its script has started. It measures it anew, or gives it back.
  const docked = script?.hasAttribute('data-dock') ? sessionStorage.getItem('docent:docked') : null
  const [, side, width] = /^(left|right) (\d{3})$/.exec(docked ?? '') ?? []
  if (side !== undefined && innerWidth - Number(width) >= minPagePx) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`:root { margin-${side}: ${width}px !important; --docs-assistant-dock: ${width}px }`)
    document.adoptedStyleSheets.push(sheet)
  }
} catch {
  // Storage is not allowed, so nothing was chosen, and nothing is docked yet.
}
