/**
 * The visitor's page: remembers language and theme. Other settings are already in its markup.
 * Runs before the widget, so that the assistant starts in the right language; hence attributes, not properties.
 */
const assistant = document.querySelector('docs-assistant')!

function storedSetting(name: string): string | null {
  try {
    return localStorage.getItem(`docent:${name}`)
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
  document.documentElement.dataset['theme'] = theme
}

const rightToLeft = /^(ar|fa|he|ur)\b/

function applyLanguage(lang: string): void {
  document.documentElement.lang = lang
  document.documentElement.dir = rightToLeft.test(lang) ? 'rtl' : 'ltr'
}

const theme = storedSetting('theme')
if (theme === 'light' || theme === 'dark') {
  assistant.setAttribute('theme', theme)
  applyTheme(theme)
}
const lang = new URL(location.href).searchParams.get('lang') ?? storedSetting('locale') ?? navigator.language
assistant.setAttribute('locale', lang)
applyLanguage(lang)

assistant.addEventListener('chosen', (event) => {
  const {name, value} = (event as CustomEvent<{name: string; value: string}>).detail
  storeSetting(name, value)
  if (name === 'theme') applyTheme(value)
  else applyLanguage(value)
})
