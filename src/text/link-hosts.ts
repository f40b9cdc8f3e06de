/** Far more than ordinary pages name; a bound for pages made to name more. */
const maxHosts = 200

/**
 * Web and mail addresses. What precedes an `@` counts as a login only without brackets, quotes, commas and characters of
 * other scripts, behind which other text begins.
 */
const addresses =
  /(https?:)\/\/(?:([\w.~%!$&*+;=:-]*)@)?(\[[\da-f:.]+\](?::\d{1,5})?|[\p{L}\p{N}_.-]+(?::\d{1,5})?)|\b(www\.[\p{L}\p{N}_.-]+)|[\w.+-]@([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)/giu

/** Names without a scheme, such as `console.shop.example`: with three labels or more, unlike `setup.md` or `a.b`. */
const bareNames =
  /(?<![\w.@/:%$-])[a-z\d-]+(?:\.[a-z\d-]+)+\.([a-z][a-z\d-]+)(?::\d{1,5})?(?![\w@(=[-]|\.\w)/g

const fileEndings: ReadonlySet<string> = new Set(
  'bak bash bat bz2 cc cfg cjs conf cpp cs css csv cts db deb dll dmg env exe gif gz hpp htm html ico ini ipynb jar java jpeg jpg js json jsonc jsx kt less lock log lua map md mdx mjs mts pdf php pl png properties ps1 py rb rpm rs rst scss sh so sql sqlite svelte svg swift tar tgz tmp toml ts tsv tsx txt vue wasm webp xml xz yaml yml zip zsh'.split(
    ' ',
  ),
)

/**
 * Hosts named in a text, with the port if there is one; without duplicates, 200 at most. Those of web and mail addresses
 * come first, since names without a scheme may be code.
 */
export function linkHostsIn(text: string): string[] {
  const hosts = new Set<string>()
  for (const host of namedIn(text)) {
    if (host !== null) hosts.add(host)
    if (hosts.size >= maxHosts) break
  }
  return [...hosts]
}

function* namedIn(text: string): Generator<string | null> {
  for (const [, scheme = 'https:', login, host, www, mail] of text.matchAll(addresses)) {
    const name = host ?? www ?? mail ?? ''
    // Chinese and other scripts have no space behind an address: it may end where their letters begin.
    const head = /^[\x21-\x7e]+(?=[^\p{Script=Latin}\p{M}\x21-\x7e])/u.exec(name)?.[0]
    // `https://one.example;x@two.example` may be two addresses.
    const before = /^[\w.-]+\.[\w-]+/.exec(login ?? '')?.[0]
    for (const each of [before, head, name]) if (each !== undefined) yield hostNamed(scheme, each)
  }
  for (const [name, ending] of text.matchAll(bareNames)) {
    if (!fileEndings.has(ending!)) yield hostNamed('https:', name)
  }
}

function hostNamed(scheme: string, name: string): string | null {
  return hostOf(`${scheme}//${name.replace(/[._-]+$/, '')}`)
}

/** Hosts that a link contacts: one, or those of all recipients of a mail; none when any of them cannot be parsed. */
export function hostsOfLink(href: string): string[] {
  const recipients = recipientsOf(href)
  if (recipients === null) return [hostOf(href)].filter((host) => host !== null)
  const hosts = recipients.map(hostOfRecipient)
  return hosts.every((host) => host !== null) ? [...new Set(hosts)] : []
}

/** The recipients of a `mailto:` link (RFC 6068), in its path and fields; null for other links. */
function recipientsOf(href: string): string[] | null {
  const [, path, query = ''] = /^mailto:([^?#]*)(?:\?([^#]*))?/i.exec(href) ?? []
  if (path === undefined) return null
  const fields = query.split('&').map((field) => /^([^=]*)=?(.*)$/s.exec(field)!)
  const lists = fields.flatMap(([, name = '', value = '']) => {
    const field = decoded(name).toLowerCase()
    // A line break would begin another field, possibly one of recipients; in a body it is just a line break.
    if (field === 'body' || (field === 'subject' && !/%0[ad]/i.test(value))) return []
    return [decoded(value)].filter(
      (list) => list.includes('@') || ['to', 'cc', 'bcc', 'subject'].includes(field),
    )
  })
  // Mail programs accept a semicolon in place of a comma.
  return [decoded(path), ...lists].flatMap((list) => list.split(/[,;]/)).filter((one) => one.trim() !== '')
}

/**
 * The host of a plain `local@host`; null for everything else. A `!` or `%` in the local part names a host to relay the
 * mail to, and quotes and brackets are interpreted in different ways.
 */
function hostOfRecipient(recipient: string): string | null {
  const host = /^\s*[\p{L}\p{N}_.+'=~-]+@([\p{L}\p{Nd}-]+(?:\.[\p{L}\p{Nd}-]+)*)\s*$/u.exec(recipient)?.[1]
  return host === undefined ? null : hostOf(`https://${host}`)
}

/** The text itself when it is not validly encoded; no recipient can be parsed from it then. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function hostOf(url: string): string | null {
  try {
    return new URL(url).host || null
  } catch {
    return null
  }
}
