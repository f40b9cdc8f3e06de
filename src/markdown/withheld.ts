const markdown = /\.(?:mdx?|markdown)$/

/** What tools install and make beside a site, which is not the site's. */
export const toolFolders: ReadonlySet<string> = new Set(['node_modules', 'bower_components', '__pycache__'])
const secretFolders: ReadonlySet<string> = new Set(['.git', '.ssh', '.gnupg'])

/** `.env`, `.env.production`, `.env~`, `.envrc`. */
const settingsName = /^\.env(?:rc)?(?![a-z])/

/** `.env.example`, `sample.env`, `prod.env.dist`: made to be shown. */
const sampleSettings =
  /(?:^|[._-])(?:example|sample|template|dist)\.env$|\.env(?:[._-].*)?[._-](?:example|sample|template|dist)$/

/** Private keys of SSH and the like, also as copies: `deploy_id_rsa`, `id_rsa~`. */
const keyName = /^(?:.*[._ -])?id_(?:rsa|dsa|ecdsa|ed25519)(?![a-z])|^_netrc(?![a-z])/

/** Endings of files of keys. Whatever follows, as in `server.key.old` or `app.env.local`, it may be a copy. */
const keyEnding = /.\.(?:env|envrc|pem|key|p8|p12|pfx|jks|keystore|ppk|kdbx)(?![a-z])/

/** What is written of such things, as `runtime.env.ts` or `rotate.key.svg`: programs, pages, pictures. */
const writtenOf =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|rb|go|rs|java|kt|cs|c|h|cc|cpp|hpp|swift|html?|adoc|rst|s?css|svg|png|jpe?g|gif|webp)$/

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
  const isSample = sampleSettings.test(name)
  const judged = isSample ? segments.slice(0, -1) : segments
  if (judged.some((segment) => settingsName.test(segment))) return 'it is of settings, which may hold keys'
  if (markdown.test(name)) return null
  if (judged.some((segment) => segment.startsWith('.'))) return 'it is hidden, and only Markdown may be'
  if (isSample) return null
  const isOfKeys = keyName.test(name) || (keyEnding.test(name) && !writtenOf.test(name))
  return isOfKeys ? 'its name is that of a file of keys' : null
}
