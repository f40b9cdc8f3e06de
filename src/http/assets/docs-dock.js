// Keeps the room of a docked assistant from the first paint on, so that a page does not jump when its script has started.
// The assistant measures it anew, or gives it back. Runs before the page is shown: keep it small.

/** The least that is left for the page, as in the assistant. */
const minPagePx = 760

try {
  const [, side, width] = /^(left|right) (\d{3})$/.exec(sessionStorage.getItem('docent:docked') ?? '') ?? []
  if (side !== undefined && innerWidth - Number(width) >= minPagePx) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`:root { margin-${side}: ${width}px !important; --docs-assistant-dock: ${width}px }`)
    document.adoptedStyleSheets.push(sheet)
  }
} catch {
  // Storage is not allowed, so nothing is docked yet.
}
