import {freePlace} from './free-place.ts'

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

  /** @param around element that the passage stands in. */
  function showAt(rectangle: DOMRect, around: Element, text: string): void {
    const button = offer.button()
    if (button === null) return
    passage = text
    button.hidden = false
    const size = button.getBoundingClientRect()
    // What stands below it is looked at.
    button.hidden = true
    const column = (around.closest(offer.scope) ?? around).getBoundingClientRect()
    const place = freePlace(rectangle, column.right, size, freeBesidePanel(host))
    if (place === null) return
    button.hidden = false
    button.style.setProperty('left', `${place.left}px`)
    button.style.setProperty('top', `${place.top}px`)
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
    else showAt(selection.getRangeAt(0).getBoundingClientRect(), around!, text)
  }

  function onCode(event: Event): void {
    const target = event.target
    if (!(target instanceof Element) || target === host) return
    const code = target.closest('pre')
    if (code?.closest(offer.scope)) showAt(code.getBoundingClientRect(), code, code.textContent ?? '')
    else if ((getSelection()?.toString() ?? '').trim() === '') hide()
  }

  document.addEventListener('pointerup', () => setTimeout(onSelection), {signal})
  document.addEventListener('keyup', (event) => event.shiftKey && onSelection(), {signal})
  document.addEventListener('pointerover', onCode, {signal})
  document.addEventListener('focusin', onCode, {signal})
  document.addEventListener('scroll', hide, {signal, passive: true})
}

/** The horizontal range of the window that the open panel leaves; all of it where there is none. */
function freeBesidePanel(host: HTMLElement): {readonly left: number; readonly right: number} {
  const panel = host.shadowRoot?.querySelector('.panel:not([hidden])')?.getBoundingClientRect()
  if (panel === undefined) return {left: 0, right: innerWidth}
  return panel.left > innerWidth - panel.right
    ? {left: 0, right: panel.left}
    : {left: panel.right, right: innerWidth}
}
