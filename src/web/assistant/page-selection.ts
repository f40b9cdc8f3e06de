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
    const {width, height} = button.getBoundingClientRect()
    const left = Math.max(8, Math.min(rectangle.right - width, innerWidth - width - 8))
    const top =
      rectangle.top - height - 8 > 8
        ? rectangle.top - height - 8
        : Math.min(rectangle.bottom + 8, innerHeight - height - 8)
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
