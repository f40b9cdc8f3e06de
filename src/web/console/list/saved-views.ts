import {store, stored} from '../storage.ts'

/** A list with a name. `query` is what the address of the list has, so whoever is sent the address sees the same. */
export interface SavedView {
  readonly name: string
  readonly query: string
}

export const maxNameLength = 60
const maxViews = 50

/** Those that everybody has. */
export const givenViews: readonly SavedView[] = [
  {name: 'All', query: ''},
  {name: 'To review', query: 'verdict=none&attention=1'},
  {name: 'Broke off', query: 'broke=1'},
  {name: 'Disliked', query: 'rating=down'},
  {name: 'Not in the docs', query: 'ending=abstained'},
  {name: 'Left', query: 'ending=disconnected'},
  {name: 'Longest waits', query: 'sort=first_token'},
]

/** Kept in this browser. */
export function savedViews(): readonly SavedView[] {
  const views = stored<unknown>('localStorage', 'views')
  if (!Array.isArray(views)) return []
  return views.filter(
    (view): view is SavedView => typeof view?.name === 'string' && typeof view?.query === 'string',
  )
}

/** A view of the same name is replaced. */
export function saveView(view: SavedView): void {
  const others = savedViews().filter(({name}) => name !== view.name)
  store('localStorage', 'views', [...others, view].slice(-maxViews))
}

export function forgetView(name: string): void {
  store(
    'localStorage',
    'views',
    savedViews().filter((view) => view.name !== name),
  )
}
