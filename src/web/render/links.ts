import {hostsOfLink} from '../../text/link-hosts.ts'

export interface LinkRules {
  /** Absolute URL that relative links are resolved against. */
  readonly base: string
  /** Hosts whose images may be shown; `*` for any. */
  readonly imageHosts: readonly string[]
  /** Hosts that links of the answer may lead to; null or absent for any. */
  readonly linkHosts?: ReadonlySet<string> | null
}

const protocols: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

/**
 * The absolute URL of a link that may be followed; null for other schemes and for what is not a URL.
 * Relative links lead into the docs: the endings `.md` and `.mdx` belong to the file, not to the page.
 */
export function safeHref(href: string, base: string): string | null {
  // The URL parser removes line breaks from schemes, as browsers do: `java\nscript:` is `javascript:`. So it decides.
  const isRelative = !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(href.trim())
  try {
    const url = new URL(isRelative ? href.replace(/\.mdx?(?=[?#]|$)/, '') : href, base)
    return protocols.has(url.protocol) && url.username === '' && url.password === '' ? url.href : null
  } catch {
    return null
  }
}

/**
 * Whether a link may be followed. A host that is neither in the sources nor in the question is made up by the model, or
 * injected by a page it has read: one click would send whatever is in the address to it.
 */
export function isAllowedLink(href: string, {linkHosts = null}: LinkRules): boolean {
  if (linkHosts === null) return true
  const hosts = hostsOfLink(href)
  return hosts.length > 0 && hosts.every((host) => linkHosts.has(host))
}

/** The URL of an image if its host is allowed; null otherwise. */
export function safeImage(href: string, rules: LinkRules): string | null {
  const url = safeHref(href, rules.base)
  if (url === null || url.startsWith('mailto:')) return null
  return rules.imageHosts.includes('*') || rules.imageHosts.includes(new URL(url).host) ? url : null
}
