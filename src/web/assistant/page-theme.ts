/**
 * Whether the page behind an element is dark, by its background, or else by its colour scheme.
 * Site generators mark their dark themes in different ways, but all of them set a background.
 */
export function isPageDark(element: Element): boolean {
  for (let at: Element | null = element.parentElement; at !== null; at = parentOf(at)) {
    const lightness = lightnessOf(getComputedStyle(at).backgroundColor)
    if (lightness !== null) return lightness < 0.45
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme
  return (
    scheme.includes('dark') &&
    (!scheme.includes('light') || matchMedia('(prefers-color-scheme: dark)').matches)
  )
}

/** Calls `changed` whenever the page may have switched between dark and light, until the signal aborts. */
export function onPageTheme(changed: () => void, signal: AbortSignal): void {
  const observer = new MutationObserver(changed)
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, {attributes: true})
    // Backgrounds may change in a transition.
    element.addEventListener('transitionend', changed, {signal})
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed, {signal})
  signal.addEventListener('abort', () => observer.disconnect(), {once: true})
}

function parentOf(element: Element): Element | null {
  const root = element.getRootNode()
  return element.parentElement ?? (root instanceof ShadowRoot ? root.host : null)
}

/** 0 to 1; null for transparent colours and for unsupported notations. */
function lightnessOf(color: string): number | null {
  const numbers = color
    .match(/[\d.]+%?/g)
    ?.map((part) => Number.parseFloat(part) / (part.endsWith('%') ? 100 : 1))
  if (numbers === undefined) return null
  const [a = 0, b = 0, c = 0, alpha = 1] = numbers
  if (alpha < 0.5) return null
  if (color.startsWith('rgb')) return (0.299 * a + 0.587 * b + 0.114 * c) / 255
  if (color.startsWith('oklab') || color.startsWith('oklch')) return a
  if (color.startsWith('lab') || color.startsWith('lch')) return a / 100
  return color.startsWith('color(srgb ') ? 0.299 * a + 0.587 * b + 0.114 * c : null
}
