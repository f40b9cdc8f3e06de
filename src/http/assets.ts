import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {builtFile} from '../package/index.ts'

/** Folder of the style sheets and scripts of the server's own pages. */
export const assetsDir = fileURLToPath(builtFile('assets'))

export type AssetName =
  | 'plain.css'
  | 'docs.css'
  | 'handover.css'
  | 'docs-first.js'
  | 'docs.js'
  | 'docs-quotes.js'

const addresses = new Map<AssetName, string>()

/** The address of an asset, with a version of its own so that browsers may keep it. @throws when it was not built. */
export function assetAddress(name: AssetName): string {
  let address = addresses.get(name)
  if (address === undefined) {
    const digest = createHash('sha256')
      .update(readFileSync(join(assetsDir, name)))
      .digest('base64url')
    address = `/assets/${name}?v=${digest.slice(0, 10)}`
    addresses.set(name, address)
  }
  return address
}

/** Cached for good at an address with a version, else for an hour. */
export function assetHeaders(hasVersion: boolean): Readonly<Record<string, string>> {
  return {'cache-control': hasVersion ? 'public, max-age=31536000, immutable' : 'public, max-age=3600'}
}
