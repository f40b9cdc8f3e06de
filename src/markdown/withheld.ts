import {isMarkdownName} from '../lib/markdown-name.ts'

/** Folders that tools install or generate, which are not part of the site. */
export const toolFolders: ReadonlySet<string> = new Set(['node_modules', 'bower_components', '__pycache__'])
const secretFolders: ReadonlySet<string> = new Set(['.git', '.ssh', '.gnupg'])

/** `.env`, `.env.production`, `.env~`, `.envrc`. */
const settingsName = /^\.env(?:rc)?(?![a-z])/

/** `.env.example`, `sample.env`, `prod.env.dist`: made to be published. */
const sampleSettings =
  /(?:^|[._-])(?:example|sample|template|dist)\.env$|\.env(?:[._-].*)?[._-](?:example|sample|template|dist)$/

/** SSH private keys and the like, and copies of them: `deploy_id_rsa`, `id_rsa~`. */
const keyName = /^(?:.*[._ -])?id_(?:rsa|dsa|ecdsa|ed25519)(?![a-z])|^_netrc(?![a-z])/

/** Extensions of key files. With anything after them, as in `server.key.old` or `app.env.local`, the file may be a copy. */
const keyEnding = /.\.(?:env|envrc|pem|key|p8|p12|pfx|jks|keystore|ppk|kdbx)(?![a-z])/

/** Files about keys and settings, such as `runtime.env.ts` or `rotate.key.svg`: programs, pages, pictures. */
const aboutKeys =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|rb|go|rs|java|kt|cs|c|h|cc|cpp|hpp|swift|html?|adoc|rst|s?css|svg|png|jpe?g|gif|webp)$/

/**
 * Why a file of the content folder is never shown, whatever page includes it; null if it may be shown. Many people write
 * the pages of a site, and a file beside them may hold a key. Hidden Markdown may be shown, because sites keep parts of
 * pages in folders such as `.includes`. Case is ignored, as on many file systems. `path` is from the content root and may lead
 * above it.
 */
export function withheldReason(path: string): string | null {
  const segments = path
    .toLowerCase()
    .split('/')
    .filter((segment) => segment !== '..')
  const name = segments.at(-1)!
  const closed = segments.find((segment) => toolFolders.has(segment) || secretFolders.has(segment))
  if (closed !== undefined) return `nothing in ${closed} is ever shown`
  const isSample = sampleSettings.test(name)
  const checkedSegments = isSample ? segments.slice(0, -1) : segments
  if (checkedSegments.some((segment) => settingsName.test(segment)))
    return 'it belongs to settings, which may hold keys'
  if (isMarkdownName(name)) return null
  if (checkedSegments.some((segment) => segment.startsWith('.'))) return 'it is hidden and is not Markdown'
  if (isSample) return null
  const isKeyFile = keyName.test(name) || (keyEnding.test(name) && !aboutKeys.test(name))
  return isKeyFile ? 'its name is that of a key file' : null
}
