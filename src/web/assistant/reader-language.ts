import {directionOf, english, type Locale, loadLocale, localeTagFor} from '../locales/index.ts'

export interface ReaderLanguageOptions {
  /** BCP 47, the most wanted first; null for none. */
  readonly wanted: () => readonly (string | null)[]
  /** URL of the server that has the words. */
  readonly server: () => string
  /** What has to be there as well before anything is shown. */
  readonly ready: () => Promise<unknown> | undefined
  /** Whether something is shown already, in the reader's language. */
  readonly isShown: () => boolean
  /** Called with every language, once it can be shown. */
  readonly onLoaded: () => void
}

/** Maximum time that nothing is shown while the language is loading. */
const maxUnreadyMs = 3_000

/** The language of the assistant's own words. English is part of the script; any other is loaded. */
export class ReaderLanguage {
  readonly #options: ReaderLanguageOptions
  #locale: Locale = english
  #dir: Locale['dir'] = 'ltr'
  #isReady = false
  #latest = 0

  constructor(options: ReaderLanguageOptions) {
    this.#options = options
  }

  get locale(): Locale {
    return this.#locale
  }

  /** Known before the words are loaded. */
  get dir(): Locale['dir'] {
    return this.#dir
  }

  /** Whether the words are loaded. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Loads the language that is wanted now; one that is asked for later comes before it. */
  async load(): Promise<void> {
    const {wanted, server, ready, isShown} = this.#options
    const mine = ++this.#latest
    // On a slow connection or device English is shown in the meantime.
    const slow = setTimeout(() => {
      if (mine === this.#latest && !isShown()) this.#set(english)
    }, maxUnreadyMs)
    const tag = localeTagFor(wanted().filter((each) => typeof each === 'string'))
    this.#dir = directionOf(tag)
    const [locale] = await Promise.all([loadLocale(tag, server()), ready()])
    clearTimeout(slow)
    if (mine === this.#latest) this.#set(locale)
  }

  #set(locale: Locale): void {
    this.#locale = locale
    this.#isReady = true
    this.#options.onLoaded()
  }
}
