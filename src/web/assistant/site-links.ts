/** Asks the page whether it opens a link itself; true if it does. */
export type Navigate = (href: string) => boolean

/**
 * Lets the site open links of the assistant without loading the page anew: first its own code, by `navigate`, then its
 * router. Routers look for a link around what was clicked, and see nothing inside of a shadow root; so a link of this
 * site is clicked once more as one of the page.
 */
export function openInSite(event: MouseEvent, navigate: Navigate): void {
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]')
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
  if (link === null || event.defaultPrevented || !isPlain) return
  if (!/^https?:$/.test(link.protocol)) return
  if (navigate(link.href)) {
    event.preventDefault()
    return
  }
  if (link.origin !== location.origin || link.target === '_blank') return
  event.preventDefault()
  const twin = document.createElement('a')
  twin.href = link.href
  twin.hidden = true
  document.body.append(twin)
  twin.click()
  twin.remove()
}
