/** Far more than a normal page names; a bound against hostile ones. */
const maxHosts = 200

/**
 * Web and mail addresses. The text before an `@` counts as a user name only while it has the characters of one: no
 * bracket, quote, comma or character of another script.
 */
const addresses =
  /(https?:)\/\/(?:([\w.~%!$&*+;=:-]*)@)?(\[[\da-f:.]+\](?::\d{1,5})?|[\p{L}\p{N}_.-]+(?::\d{1,5})?)|\b(www\.[\p{L}\p{N}_.-]+)|[\w.+-]@([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)/giu

/** Names without a scheme, as `console.shop.example`: of three labels or more, since `setup.md` and `a.b` are not hosts. */
const bareNames =
  /(?<![\w.@/:%$-])[a-z\d-]+(?:\.[a-z\d-]+)+\.([a-z][a-z\d-]+)(?::\d{1,5})?(?![\w@(=[-]|\.\w)/g

const fileEndings: ReadonlySet<string> = new Set(
  'bak bash bat bz2 cc cfg cjs conf cpp cs css csv cts db deb dll dmg env exe gif gz hpp htm html ico ini ipynb jar java jpeg jpg js json jsonc jsx kt less lock log lua map md mdx mjs mts pdf php pl png properties ps1 py rb rpm rs rst scss sh so sql sqlite svelte svg swift tar tgz tmp toml ts tsv tsx txt vue wasm webp xml xz yaml yml zip zsh'.split(
    ' ',
  ),
)

/**
 * Hosts that a text names, with their ports where given; none twice, at most 200. Those of web and mail addresses come
 * first: names without a scheme may be code.
 */
export function linkHostsIn(text: string): string[] {
  const hosts = new Set<string>()
  for (const host of hostNamesIn(text)) {
    if (host !== null) hosts.add(host)
    if (hosts.size >= maxHosts) break
  }
  return [...hosts]
}

function* hostNamesIn(text: string): Generator<string | null> {
  for (const [, scheme = 'https:', user, host, www, mail] of text.matchAll(addresses)) {
    const name = host ?? www ?? mail ?? ''
    // Chinese and others write no space after an address: it may end where their letters begin.
    const head = /^[\x21-\x7e]+(?=[^\p{Script=Latin}\p{M}\x21-\x7e])/u.exec(name)?.[0]
    // `https://one.example;x@two.example` may be two addresses.
    const before = /^[\w.-]+\.[\w-]+/.exec(user ?? '')?.[0]
    for (const each of [before, head, name]) if (each !== undefined) yield hostFrom(scheme, each)
  }
  for (const [name, ending] of text.matchAll(bareNames)) {
    if (!fileEndings.has(ending!)) yield hostFrom('https:', name)
  }
}

function hostFrom(scheme: string, name: string): string | null {
  return hostOf(`${scheme}//${name.replace(/[._-]+$/, '')}`)
}

/** Hosts that a link contacts: one, or those of all recipients of a mail; none where one cannot be read. */
export function hostsOfLink(href: string): string[] {
  const recipients = recipientsOf(href)
  if (recipients === null) return [hostOf(href)].filter((host) => host !== null)
  const hosts = recipients.map(hostOfRecipient)
  return hosts.every((host) => host !== null) ? [...new Set(hosts)] : []
}

/** The recipients of a `mailto:` link (RFC 6068), in its path and its fields; null for any other link. */
function recipientsOf(href: string): string[] | null {
  const [, path, query = ''] = /^mailto:([^?#]*)(?:\?([^#]*))?/i.exec(href) ?? []
  if (path === undefined) return null
  const fields = query.split('&').map((field) => /^([^=]*)=?(.*)$/s.exec(field)!)
  const lists = fields.flatMap(([, name = '', value = '']) => {
    const field = decoded(name).toLowerCase()
    // A line break would begin another header field, possibly one of recipients; in a body it begins a line.
    if (field === 'body' || (field === 'subject' && !/%0[ad]/i.test(value))) return []
    return [decoded(value)].filter(
      (list) => list.includes('@') || ['to', 'cc', 'bcc', 'subject'].includes(field),
    )
  })
  // Mail programs read a semicolon as a comma.
  return [decoded(path), ...lists].flatMap((list) => list.split(/[,;]/)).filter((one) => one.trim() !== '')
}

/**
 * The host of a plain `local@host`; null for anything else. A `!` or `%` in the local part names a host to forward the
 * mail to, and quotes and brackets are ambiguous.
 */
function hostOfRecipient(recipient: string): string | null {
  const host = /^\s*[\p{L}\p{N}_.+'=~-]+@([\p{L}\p{Nd}-]+(?:\.[\p{L}\p{Nd}-]+)*)\s*$/u.exec(recipient)?.[1]
  return host === undefined ? null : hostOf(`https://${host}`)
}

/** Unchanged where a `%` is not an encoded character: then it has no readable recipient. */
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
