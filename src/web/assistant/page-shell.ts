/** What the reader did in the page before the assistant was drawn. */
export interface ShellInput {
  readonly text: string
  readonly hasFocus: boolean
}

/**
 * Removes what the server wrote into the element, which the assistant has taken the place of. Returns what the reader
 * typed there; null for nothing.
 */
export function takeOverShell(host: HTMLElement): ShellInput | null {
  const box = host.querySelector<HTMLInputElement>('input.question')
  const input = box && {
    text: box.value === box.defaultValue ? '' : box.value,
    hasFocus: box.matches(':focus'),
  }
  host.replaceChildren()
  return input !== null && (input.hasFocus || input.text !== '') ? input : null
}
