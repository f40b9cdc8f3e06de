const markdown = /\.(?:mdx?|markdown)$/

/** What tools install and make beside a site, which is not the site's. */
export const toolFolders: ReadonlySet<string> = new Set(['node_modules', 'bower_components', '__pycache__'])
const secretFolders: ReadonlySet<string> = new Set(['.git', '.ssh', '.gnupg'])

/** `.env`, `.env.production`, `.envrc`. */
const settingsName = /^\.env(?:rc)?(?:$|[._-])/

/** Names by which keys and passwords go, where they are not hidden anyway. */
const secretNames =
  /^(?:id_(?:rsa|dsa|ecdsa|ed25519).*|_netrc|.*\.(?:env|pem|key|p12|pfx|jks|keystore|ppk|kdbx))$/

/**
 * Why a file of the content folder is never shown, whatever page names it; null for one that may be. Pages of the docs
 * come from many hands, and what lies beside them may be a key. Hidden Markdown may be shown, since sites keep parts of
 * pages in folders such as `.includes`. Letter case does not matter, as on many disks. `path` is below the content root.
 */
export function withheldReason(path: string): string | null {
  const segments = path.toLowerCase().split('/')
  const name = segments.at(-1)!
  const closed = segments.find((segment) => toolFolders.has(segment) || secretFolders.has(segment))
  if (closed !== undefined) return `nothing in ${closed} is shown`
  if (segments.some((segment) => settingsName.test(segment))) return 'it is of settings, which may hold keys'
  if (markdown.test(name)) return null
  if (segments.some((segment) => segment.startsWith('.'))) return 'it is hidden, and only Markdown may be'
  return secretNames.test(name) ? 'its name is that of a file of keys' : null
}
