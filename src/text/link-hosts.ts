/** Far more than a page names; a bound for one that is made to name more. */
const maxHosts = 200

const named =
  /(https?:)\/\/(?:[^\s/@]*@)?([\p{L}\p{N}_.-]+(?::\d{1,5})?)|\b(www\.[\p{L}\p{N}_.-]+)|[\w.+-]@([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)/giu

/** Hosts of the web and mail addresses in a text, with the port where one is named; none twice. */
export function linkHostsIn(text: string): string[] {
  const hosts = new Set<string>()
  for (const [, scheme = 'https:', host, bare, mail] of text.matchAll(named)) {
    const found = hostOf(`${scheme}//${(host ?? bare ?? mail ?? '').replace(/[._-]+$/, '')}`)
    if (found !== null) hosts.add(found)
    if (hosts.size >= maxHosts) break
  }
  return [...hosts]
}

/** Hosts that a link sends something to: one, or those of every recipient of a mail; none of what cannot be read. */
export function hostsOfLink(href: string): string[] {
  if (!/^mailto:/i.test(href)) return [hostOf(href)].filter((host) => host !== null)
  try {
    return linkHostsIn(decodeURIComponent(href))
  } catch {
    // A lone `%` is no mail address that anybody wrote.
    return []
  }
}

function hostOf(url: string): string | null {
  try {
    return new URL(url).host || null
  } catch {
    return null
  }
}
