import {hostsOfLink} from '../../text/link-hosts.ts'

export interface LinkRules {
  /** Absolute address that relative links are resolved against. */
  readonly base: string
  /** Hosts whose images may be shown; `*` for any. */
  readonly imageHosts: readonly string[]
  /** Hosts that links of the answer may lead to; null or absent for any. */
  readonly linkHosts?: ReadonlySet<string> | null
}

const protocols: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

/**
 * An address that may be followed, absolute; null for every other scheme and for what is no address.
 * Relative links lead into the docs: `.md` and `.mdx` endings are what the file is called, not what the page is.
 */
export function safeHref(href: string, base: string): string | null {
  // The URL parser drops these from schemes, as browsers do: `java\nscript:` is `javascript:`. It judges, not we.
  const isRelative = !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(href.trim())
  try {
    const url = new URL(isRelative ? href.replace(/\.mdx?(?=[?#]|$)/, '') : href, base)
    return protocols.has(url.protocol) && url.username === '' && url.password === '' ? url.href : null
  } catch {
    return null
  }
}

/**
 * Whether a link may be followed. A host that stands neither in the sources nor in the question is the model's
 * invention, or that of a page that speaks to it: one click would carry away what stands in the address.
 */
export function isLive(href: string, {linkHosts = null}: LinkRules): boolean {
  if (linkHosts === null) return true
  const hosts = hostsOfLink(href)
  return hosts.length > 0 && hosts.every((host) => linkHosts.has(host))
}

/** An image's address if its host is allowed; null otherwise. */
export function safeImage(href: string, rules: LinkRules): string | null {
  const url = safeHref(href, rules.base)
  if (url === null || url.startsWith('mailto:')) return null
  return rules.imageHosts.includes('*') || rules.imageHosts.includes(new URL(url).host) ? url : null
}
