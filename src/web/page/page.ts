/**
 * The visitor's page: remembers language and theme. What the server knows stands in its markup already.
 * Runs before the widget, so that the assistant begins in the right language; hence attributes, not properties.
 */
const assistant = document.querySelector('docs-assistant')!

function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`docent:${name}`)
  } catch {
    return null
  }
}

function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`docent:${name}`, value)
  } catch {
    // Forbidden: it holds until the page is left.
  }
}

function applyTheme(theme: string): void {
  document.documentElement.dataset['theme'] = theme
}

const rightToLeft = /^(ar|fa|he|ur)\b/

function applyLanguage(lang: string): void {
  document.documentElement.lang = lang
  document.documentElement.dir = rightToLeft.test(lang) ? 'rtl' : 'ltr'
}

const theme = remembered('theme')
if (theme === 'light' || theme === 'dark') {
  assistant.setAttribute('theme', theme)
  applyTheme(theme)
}
const lang = new URL(location.href).searchParams.get('lang') ?? remembered('locale') ?? navigator.language
assistant.setAttribute('locale', lang)
applyLanguage(lang)

assistant.addEventListener('chosen', (event) => {
  const {name, value} = (event as CustomEvent<{name: string; value: string}>).detail
  remember(name, value)
  if (name === 'theme') applyTheme(value)
  else applyLanguage(value)
})
