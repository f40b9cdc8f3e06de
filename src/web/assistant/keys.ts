import type {Say} from '../locales/strings.ts'

/** The keys of one assistant, in the page around it. */
export interface KeysOptions {
  readonly host: HTMLElement
  /** Such as `mod+k`; the first that the site leaves free is shown to readers. */
  readonly shortcuts: () => readonly string[]
  readonly onShortcut: () => void
  /** Called when the site turns out to use one of the shortcuts itself. */
  readonly onTaken: (shortcut: string) => void
  readonly signal: AbortSignal
}

/**
 * Listens for shortcuts, which a site's own come before, and keeps what is typed in the assistant from the site's hotkeys.
 */
export function listenForKeys({host, shortcuts, onShortcut, onTaken, signal}: KeysOptions): void {
  const pressed = (event: KeyboardEvent): boolean => {
    const shortcut = shortcuts().find((each) => isShortcut(event, each) && !isForText(event, each))
    if (shortcut === undefined || event.repeat) return false
    if (event.defaultPrevented) onTaken(shortcut)
    else {
      event.preventDefault()
      onShortcut()
    }
    return true
  }

  /** Keys pressed in the assistant, by their places on the keyboard: their release may come when it is closed. */
  const held = new Set<string>()

  /** What the event is about, if that is in the assistant; else null. */
  const insideOf = (event: Event): Element | null => {
    const [target] = event.composedPath()
    return target instanceof Element && target.getRootNode() === host.shadowRoot ? target : null
  }

  /** The part of the assistant that a key is for alone: a field, or any part where it only moves the focus. */
  const ownerOf = (event: KeyboardEvent): Element | null => {
    const target = insideOf(event)
    const isField = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement
    return isField || event.key === 'Tab' ? target : null
  }

  /**
   * A site sees the element, not the field in it, so it may take letters for its hotkeys, whatever it checks. Here the
   * event ends before anyone else has it, and the assistant gets one of its own.
   */
  const onAny = (event: KeyboardEvent): void => {
    const owner = ownerOf(event)
    const isRelease = event.type === 'keyup' && held.delete(event.code)
    if (owner !== null && event.type === 'keydown') held.add(event.code)
    if (owner === null && !isRelease) {
      // Moves to the end of the listeners, so that the site has had its turn.
      removeEventListener('keydown', pressed)
      if (event.type === 'keydown') addEventListener('keydown', pressed)
      return
    }
    event.stopImmediatePropagation()
    if (owner === null || event.type !== 'keydown' || pressed(event)) return
    const inside = insideEventOf(event)
    owner.dispatchEvent(inside)
    if (inside.defaultPrevented) event.preventDefault()
  }

  /** A dialog of the site that holds the focus would take it back. */
  const onFocus = (event: FocusEvent): void => {
    const target = insideOf(event)
    if (target === null) return
    event.stopImmediatePropagation()
    const {type, relatedTarget, bubbles} = event
    target.dispatchEvent(new FocusEvent(type, {relatedTarget, bubbles}))
  }

  for (const type of ['focus', 'focusin'] as const) addEventListener(type, onFocus, {capture: true, signal})
  for (const type of ['keydown', 'keypress', 'keyup'] as const) {
    addEventListener(type, onAny, {capture: true, signal})
  }
  signal.addEventListener('abort', () => removeEventListener('keydown', pressed), {once: true})
}

/** The same press for listeners inside the shadow root only. */
function insideEventOf(event: KeyboardEvent): KeyboardEvent {
  const {key, code, location, ctrlKey, shiftKey, altKey, metaKey, repeat} = event
  // Safari ends the composition before the key that confirms it; 229 still says that an input method has it.
  const isComposing = event.isComposing || event.keyCode === 229
  const modifiers = {ctrlKey, shiftKey, altKey, metaKey}
  return new KeyboardEvent(event.type, {
    key,
    code,
    location,
    ...modifiers,
    repeat,
    isComposing,
    bubbles: true,
    cancelable: true,
  })
}

const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.platform)

/** Whether a key press matches a shortcut such as `mod+k`; `mod` is Cmd on a Mac and Ctrl elsewhere. */
function isShortcut(event: KeyboardEvent, shortcut: string): boolean {
  const keys = shortcut.toLowerCase().split('+')
  const key = keys.pop()
  if (!key || key === 'none' || event.key?.toLowerCase() !== key) return false
  const wants = (name: string): boolean =>
    keys.includes(name) || (keys.includes('mod') && name === (isMac() ? 'meta' : 'ctrl'))
  return (
    event.ctrlKey === wants('ctrl') &&
    event.metaKey === wants('meta') &&
    event.altKey === wants('alt') &&
    // Some keyboard layouts need Shift for these.
    (key === '/' || key === '?' || event.shiftKey === wants('shift'))
  )
}

/** Whether the press means something else where it was made: a letter in a field, or a command in an editor. */
function isForText(event: KeyboardEvent, shortcut: string): boolean {
  const [target] = event.composedPath()
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || (!shortcut.includes('+') && target.matches('input, textarea, select'))
}

/** Whether the search box of the site shows the key of a shortcut as its own. */
export function isOfSearch(shortcut: string): boolean {
  const key = shortcut.split('+').at(-1)!.toUpperCase()
  return [...document.querySelectorAll('[class*=search i] kbd, button kbd')].some(
    ({textContent}) => textContent?.trim().toUpperCase().at(-1) === key,
  )
}

/** A shortcut as it is written on the keyboard, as in `Ctrl+K` or `⌘K`. */
export function shortcutLabel(shortcut: string, say: Say): string {
  const names: Readonly<Record<string, string>> = isMac()
    ? {mod: '⌘', meta: '⌘', ctrl: '⌃', alt: '⌥', shift: '⇧'}
    : {mod: say('ctrlKey'), meta: 'Meta', ctrl: say('ctrlKey'), alt: 'Alt', shift: 'Shift'}
  const keys = shortcut.split('+').map((key) => names[key.toLowerCase()] ?? key.toUpperCase())
  return keys.join(isMac() ? '' : '+')
}
