import {withoutQuotes} from '../proof/without-quotes.ts'

export interface SiteLinks {
  /** Asks the page whether it opens a link itself; true if it does. */
  readonly navigate: (href: string) => boolean
  /** A link was opened without leaving the page. */
  readonly onStay: (link: HTMLAnchorElement) => void
  /** A link is about to load another page of this site. */
  readonly onLeave: (link: HTMLAnchorElement) => void
}

/**
 * Lets the site open links of the assistant without loading the page anew: first its own code, by `navigate`, then its
 * router. Routers look for a link around what was clicked, and see nothing inside of a shadow root; so a link of this
 * site is clicked once more as one of the page. Neither gets what the link quotes, which routers take for a section.
 */
export function openInSite(event: MouseEvent, {navigate, onStay, onLeave}: SiteLinks): void {
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]')
  if (link === null || event.defaultPrevented || !isPlain(event)) return
  if (!/^https?:$/.test(link.protocol)) return
  const {href} = link
  const plain = withoutQuotes(href)
  if (navigate(plain)) {
    event.preventDefault()
    if (link.origin === location.origin) onStay(link)
    return
  }
  if (link.origin !== location.origin || link.target === '_blank') return
  event.preventDefault()
  const twin = document.createElement('a')
  twin.href = plain
  twin.hidden = true
  let stays = true
  // After the site's own listeners: the browser follows what the link is by then.
  const atLast = (click: Event): void => {
    stays = click.defaultPrevented || isThisPage(plain)
    if (stays) return
    twin.href = href
    onLeave(link)
  }
  addEventListener('click', atLast)
  document.body.append(twin)
  twin.click()
  twin.remove()
  removeEventListener('click', atLast)
  if (stays) onStay(link)
}

/** Whether a press opens a link where it is, not in another tab, nor as a download. */
export function isPlain({button, ctrlKey, metaKey, shiftKey, altKey}: MouseEvent): boolean {
  return !(button || ctrlKey || metaKey || shiftKey || altKey)
}

/** Whether an address is that of the page that is shown, whatever its fragment. */
export function isThisPage(href: string): boolean {
  const bare = (url: URL | Location): string => `${url.origin}${url.pathname.replace(/\/$/, '')}${url.search}`
  return bare(new URL(href)) === bare(location)
}
