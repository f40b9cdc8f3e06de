export interface LinkRules {
  /** Absolute address that relative links are resolved against. */
  readonly base: string
  /** Hosts whose images may be shown; `*` for any. */
  readonly imageHosts: readonly string[]
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

/** An image's address if its host is allowed; null otherwise. */
export function safeImage(href: string, rules: LinkRules): string | null {
  const url = safeHref(href, rules.base)
  if (url === null || url.startsWith('mailto:')) return null
  return rules.imageHosts.includes('*') || rules.imageHosts.includes(new URL(url).host) ? url : null
}
