/** A place in the console, by its address. */
export type Place =
  | {readonly view: 'home'}
  | {readonly view: 'join'; readonly invitation: string}
  /** `/console/SECTION/…REST?QUERY`. */
  | {
      readonly view: 'section'
      readonly section: string
      readonly rest: readonly string[]
      readonly query: string
    }
  | {readonly view: 'unknown'}

/** How a place was come to: `new` by a link, `back` by the history or a reload. */
export type Arrival = 'new' | 'back'

export function placeOf({pathname, search}: Pick<URL, 'pathname' | 'search'>): Place {
  const [, , section = '', ...rest] = pathname.replace(/\/$/, '').split('/').map(decoded)
  if (section === '') return {view: 'home'}
  if (section === null || rest.includes(null)) return {view: 'unknown'}
  if (section === 'join' && rest.length === 0)
    return {view: 'join', invitation: new URLSearchParams(search).get('invitation') ?? ''}
  return {view: 'section', section, rest: rest as string[], query: search.replace(/^\?/, '')}
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

export const pathOfList = (query: string): string => `/console/transcripts${query === '' ? '' : `?${query}`}`

export const pathOfTranscript = (answerId: string): string =>
  `/console/transcripts/${encodeURIComponent(answerId)}`

export const pathOfVerifiedAnswer = (id: string): string => `/console/verified/${encodeURIComponent(id)}`

export interface Router {
  /** Goes to an address of the console, with a new entry of the history. */
  go(path: string): void
  /** Where the current entry was scrolled to, in pixels. */
  readonly scrollTop: number
  /** What the current entry of the history was told to keep; it is there again after a reload. */
  readonly kept: Readonly<Record<string, unknown>>
  keep(values: Readonly<Record<string, unknown>>): void
}

const scrollSavedAfterMs = 120

/**
 * Follows links within the console without loading the page anew, and remembers how far each entry of the history was
 * scrolled.
 */
export function createRouter(arrived: (arrival: Arrival) => void): Router {
  let timer: ReturnType<typeof setTimeout> | undefined
  history.scrollRestoration = 'manual'

  function saveScroll(): void {
    clearTimeout(timer)
    history.replaceState({...(history.state as object | null), scrollTop: Math.round(scrollY)}, '')
  }

  function go(path: string): void {
    saveScroll()
    history.pushState({scrollTop: 0}, '', path)
    arrived('new')
  }

  addEventListener('popstate', () => {
    clearTimeout(timer)
    arrived('back')
  })
  addEventListener(
    'scroll',
    () => {
      clearTimeout(timer)
      timer = setTimeout(saveScroll, scrollSavedAfterMs)
    },
    {passive: true},
  )
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.<HTMLAnchorElement>('a[href]')
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (event.defaultPrevented || !isPlain || !link || link.target !== '' || link.hasAttribute('download'))
      return
    if (link.origin !== location.origin || !/^\/console(?:\/|$)/.test(link.pathname)) return
    // A link to a part of this page.
    if (link.hash !== '' && link.pathname === location.pathname && link.search === location.search) return
    event.preventDefault()
    go(link.pathname + link.search)
  })

  return {
    go,
    get scrollTop() {
      return Number((history.state as {readonly scrollTop?: number} | null)?.scrollTop ?? 0)
    },
    get kept() {
      return (history.state as Readonly<Record<string, unknown>> | null) ?? {}
    },
    keep: (values) => history.replaceState({...(history.state as object | null), ...values}, ''),
  }
}
