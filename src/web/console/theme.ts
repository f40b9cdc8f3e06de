export const themes = ['auto', 'light', 'dark'] as const

export type Theme = (typeof themes)[number]

/** As it was chosen here, in the docs, or on the assistant's page. */
export function chosenTheme(): Theme {
  const theme = document.documentElement.dataset['theme']
  return theme === 'light' || theme === 'dark' ? theme : 'auto'
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  try {
    localStorage.setItem('docent:theme', theme)
  } catch {
    // It holds until the page is left.
  }
}
