/** What the page around the assistant needs and has, when it is given a margin. */

/** Narrower columns of text are hard to read. */
const minTextPx = 340
/** A taller bar at the top is part of the page, not its header. */
const maxHeaderPx = 160
const textSelector = ':is(main, article, [role=main]) p'

const maxTexts = 10_000

/** A part of the window down to its bottom, in pixels. */
export interface Zone {
  readonly left: number
  readonly right: number
  readonly top: number
}

/**
 * Whether a change, which returns the place of the panel, makes the page wider than its room, its text too narrow, or
 * leaves text behind the panel, as of an outline that is fixed to the window. Forces layout.
 */
export function breaksUnder(change: () => Zone): boolean {
  const before = measures()
  const zone = change()
  const after = measures()
  const isCut = after.overflow > before.overflow + 2
  const isNarrow = after.text !== null && after.text < minTextPx && after.text < (before.text ?? 0)
  return isCut || isNarrow || hasTextIn(zone)
}

function hasTextIn({left, right, top}: Zone): boolean {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  for (let n = 0; n < maxTexts && texts.nextNode(); n++) {
    // The words alone: elements may be wider.
    range.selectNodeContents(texts.currentNode)
    const element = texts.currentNode.parentElement!
    for (const box of range.getClientRects()) {
      const [from, to] = [Math.max(box.left, left), Math.min(box.right, right)]
      const [above, below] = [Math.max(box.top, top), Math.min(box.bottom, innerHeight)]
      if (to - from < 1 || below - above < 1) continue
      const hits = document.elementsFromPoint((from + to) / 2, (above + below) / 2)
      if (hits.includes(element) && element.checkVisibility({opacityProperty: true})) return true
    }
  }
  return false
}

function measures(): {readonly overflow: number; readonly text: number | null} {
  const {scrollWidth, clientWidth} = document.body
  const texts = [...document.querySelectorAll(textSelector)].slice(0, 20)
  const widths = texts.map((text) => text.getBoundingClientRect().width).filter((width) => width > 0)
  return {overflow: scrollWidth - clientWidth, text: widths.length === 0 ? null : Math.max(...widths)}
}

/** Where a header of the site ends that stays at the top of the window, at this distance from its left; else 0. */
export function headerBottomAt(left: number): number {
  for (const hit of document.elementsFromPoint(left, 2)) {
    for (let at: Element | null = hit; at !== null; at = at.parentElement) {
      const {position} = getComputedStyle(at)
      if (position !== 'fixed' && position !== 'sticky') continue
      const {top, bottom, width} = at.getBoundingClientRect()
      if (top <= 1 && bottom <= maxHeaderPx && width > innerWidth / 2) return Math.max(0, Math.round(bottom))
    }
  }
  return 0
}

/** Whether one page is fading into another: nothing of them can be hit until it has. */
export function isInTransition(): boolean {
  return document
    .getAnimations()
    .some(({effect}) => (effect as KeyframeEffect | null)?.pseudoElement?.startsWith('::view-transition'))
}

/** Makes a change after which what the reader sees at the top of the window is still there. */
export function keepsPlace(change: () => void): void {
  const seen = scrollY > 0 ? document.elementsFromPoint(innerWidth / 3, innerHeight / 4) : []
  const element = seen.find(
    (each) => each.closest('main, article, [role=main]') && each.clientHeight < innerHeight,
  )
  const before = element?.getBoundingClientRect().top
  change()
  if (element === undefined || before === undefined) return
  const by = element.getBoundingClientRect().top - before
  if (Math.abs(by) > 1) scrollBy({top: by, behavior: 'instant'})
}
