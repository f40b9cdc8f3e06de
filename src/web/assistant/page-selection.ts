export interface SelectionOffer {
  /** CSS selector of the part of the page that can be asked about. */
  readonly scope: string
  readonly host: HTMLElement
  readonly signal: AbortSignal
  /** The floating button, hidden until there is something to ask about. */
  readonly button: () => HTMLElement | null
  readonly onAsk: (passage: string) => void
}

const minChars = 8

/**
 * Offers to ask about the selected text, or about the code block under the pointer or the focus.
 * Does not change the page; ends with the signal.
 */
export function offerOnSelection(offer: SelectionOffer): void {
  const {signal, host} = offer
  let passage = ''

  function showAt(rectangle: DOMRect, text: string): void {
    const button = offer.button()
    if (button === null) return
    passage = text
    button.hidden = false
    const {left, top} = freePlace(rectangle, button)
    button.style.setProperty('left', `${left}px`)
    button.style.setProperty('top', `${top}px`)
    button.onclick = () => {
      hide()
      offer.onAsk(passage)
    }
  }

  function hide(): void {
    const button = offer.button()
    if (button !== null) button.hidden = true
  }

  function onSelection(): void {
    const selection = getSelection()
    const text = selection?.toString().trim() ?? ''
    const node = selection?.anchorNode
    const around = node instanceof Element ? node : node?.parentElement
    const isOffered =
      text.length >= minChars && around?.closest(offer.scope) != null && !host.contains(around)
    if (!isOffered || !selection?.rangeCount) hide()
    else showAt(selection.getRangeAt(0).getBoundingClientRect(), text)
  }

  function onCode(event: Event): void {
    const target = event.target
    if (!(target instanceof Element) || target === host) return
    const code = target.closest('pre')
    if (code?.closest(offer.scope)) showAt(code.getBoundingClientRect(), code.textContent ?? '')
    else if ((getSelection()?.toString() ?? '').trim() === '') hide()
  }

  document.addEventListener('pointerup', () => setTimeout(onSelection), {signal})
  document.addEventListener('keyup', (event) => event.shiftKey && onSelection(), {signal})
  document.addEventListener('pointerover', onCode, {signal})
  document.addEventListener('focusin', onCode, {signal})
  document.addEventListener('scroll', hide, {signal, passive: true})
}

interface Place {
  readonly left: number
  readonly top: number
}

const gapPx = 8

/**
 * Where the button lies: above the passage, below, at its sides, or on its end, where it covers least of the text, and not
 * on a heading, a link, a button or the assistant if there is any other place.
 */
function freePlace(passage: DOMRect, button: HTMLElement): Place {
  const {width, height} = button.getBoundingClientRect()
  const right = passage.right - width
  const [above, below] = [passage.top - height - gapPx, passage.bottom + gapPx]
  const places = [
    {left: right, top: above},
    {left: passage.left, top: above},
    {left: passage.right + gapPx, top: passage.top},
    {left: right, top: below},
    {left: passage.left, top: below},
    {left: passage.left - width - gapPx, top: passage.top},
    {left: right - gapPx, top: passage.bottom - height - gapPx},
  ].map(({left, top}) => ({
    left: Math.max(gapPx, Math.min(left, innerWidth - width - gapPx)),
    top: Math.max(gapPx, Math.min(top, innerHeight - height - gapPx)),
  }))
  // What lies under the button is looked for without it.
  button.style.setProperty('visibility', 'hidden')
  const costs = places.map((place) => costOf(place, width, height, passage))
  button.style.removeProperty('visibility')
  return places[costs.indexOf(Math.min(...costs))]!
}

const neverOver = 'h1, h2, h3, h4, h5, h6, a, button, docs-assistant, header, nav'

/** How much a button here would cover: text, or worse. */
function costOf({left, top}: Place, width: number, height: number, passage: DOMRect): number {
  const overlaps =
    left < passage.right && left + width > passage.left && top < passage.bottom && top + height > passage.top
  // At its beginning it would lie under the pointer.
  let cost = overlaps ? (left < passage.left + passage.width / 2 ? 30 : 3) : 0
  for (const x of [left, left + width / 2, left + width - 1]) {
    for (const y of [top, top + height / 2, top + height - 1]) {
      const hit = document.elementFromPoint(x, y)
      if (hit === null) continue
      if (hit.closest(neverOver)) cost += 10
      else if ([...hit.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim()))
        cost++
    }
  }
  return cost
}
