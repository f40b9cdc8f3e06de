/**
 * The visitor's page before the assistant: applies the chosen theme and language before anything is shown, and loads the
 * assistant once the page has been painted as the server wrote it. Runs in the head, before there is a body.
 */
const root = document.documentElement

function stored(storage: 'localStorage' | 'sessionStorage', name: string): string | null {
  try {
    return window[storage].getItem(name)
  } catch {
    return null
  }
}

function storeSetting(name: string, value: string): void {
  try {
    localStorage.setItem(`docent:${name}`, value)
  } catch {
    // Storage is not allowed: the choice lasts until the page is left.
  }
}

function applyTheme(theme: string): void {
  root.dataset['theme'] = theme
}

const rightToLeft = /^(ar|fa|he|ur)\b/

function applyLanguage(lang: string): void {
  root.lang = lang
  root.dir = rightToLeft.test(lang) ? 'rtl' : 'ltr'
}

const theme = stored('localStorage', 'docent:theme')
if (theme === 'light' || theme === 'dark') applyTheme(theme)

const inAddress = new URL(location.href).searchParams.get('lang')
const chosen = inAddress ?? stored('localStorage', 'docent:locale')
const written = root.dataset['locale']
applyLanguage(chosen ?? navigator.language)

// What the server could not know must not be shown for a moment: another language, or a conversation to go on with.
const open = stored('sessionStorage', 'docent:open-conversation')
const isOpen = stored('localStorage', `docent:${location.origin}:conversation:${open}`) !== null
if (inAddress === null && chosen !== null && chosen !== written) root.dataset['shell'] = 'none'
else if (isOpen) root.dataset['shell'] = 'side'

document.addEventListener(
  'chosen',
  (event) => {
    const {name, value} = (event as CustomEvent<{name: string; value: string}>).detail
    storeSetting(name, value)
    if (name === 'theme') applyTheme(value)
    else applyLanguage(value)
  },
  // It does not bubble.
  {capture: true},
)

let isLoading = false

function loadAssistant(): void {
  if (isLoading) return
  isLoading = true
  document.querySelector('docs-assistant')?.setAttribute('endpoint', location.origin)
  // A module, since a policy of Trusted Types would forbid to write the address of a script.
  const address = '/widget.js'
  import(address).catch(() => {
    isLoading = false
  })
}

document.addEventListener('DOMContentLoaded', () => {
  requestAnimationFrame(() => setTimeout(loadAssistant))
  // A page in the background is not painted.
  setTimeout(loadAssistant, 500)
})
