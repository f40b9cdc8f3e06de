import type {LitElement} from 'lit'

/** A list that is shown by pages. */
export interface PagedRows {
  readonly hasMore: boolean
  more(): Promise<void>
}

/** Moves the focus to the next or the previous row; after the last one that is shown, more are loaded. */
export async function stepOverRows(
  view: LitElement,
  list: PagedRows,
  isForth: boolean,
  announce: (words: string) => void,
): Promise<void> {
  const links = (): HTMLElement[] => [...view.querySelectorAll<HTMLElement>('.rows a.cover')]
  const at = links().indexOf(document.activeElement as HTMLElement)
  if (isForth && at >= 0 && at === links().length - 1 && list.hasMore) {
    await list.more()
    await view.updateComplete
  }
  const rows = links()
  if (rows.length === 0) return
  const next = at < 0 ? rows[0] : rows[at + (isForth ? 1 : -1)]
  if (next === undefined) announce(isForth ? 'This is the last in the list' : 'This is the first in the list')
  else next.focus()
}
