import {execFile} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {promisify} from 'node:util'
import {startDocent} from '../../../support/start-docent.ts'
import {installPackages, nodeProgram, root} from '../../programs.ts'
import {checkSeen, type Seen} from './check.ts'
import {agentDocs} from './served-docs.ts'

const run = promisify(execFile)
const program = join(root, 'test/matrix/protocols/mcp/client.mjs')

export type Era = 'legacy' | 'modern'

/** A version of one of the two SDKs. */
export interface SdkVersion {
  readonly sdk: '@modelcontextprotocol/sdk' | '@modelcontextprotocol/client'
  readonly version: string
  /** The version of the protocol that it speaks in the era of `initialize`. */
  readonly protocol: string
}

export interface SdkClient extends SdkVersion {
  readonly name: string
  readonly era: Era
  /** Another version of Node.js; null for this one. */
  readonly node: string | null
}

/**
 * Of `sdk` the first with streamable HTTP and the last of each version of the protocol; of its successor the first and the
 * last, in both eras.
 */
export const sdkClients: readonly SdkClient[] = [
  ...[
    sdk('1.10.0', '2024-11-05'),
    sdk('1.12.3', '2025-03-26'),
    sdk('1.23.1', '2025-06-18'),
    sdk('1.32.2', '2025-11-25'),
  ].map((of) => client(of, 'legacy')),
  client(sdk('1.32.2', '2025-11-25'), 'legacy', '26'),
  ...['2.0.0', '2.4.0'].flatMap((version) =>
    (['modern', 'legacy'] as const).map((era) => client(successor(version), era)),
  ),
  client(successor('2.4.0'), 'modern', '26'),
]

function sdk(version: string, protocol: string): SdkVersion {
  return {sdk: '@modelcontextprotocol/sdk', version, protocol}
}

function successor(version: string): SdkVersion {
  return {sdk: '@modelcontextprotocol/client', version, protocol: '2025-11-25'}
}

function client(of: SdkVersion, era: Era, node: string | null = null): SdkClient {
  const name = `${of.sdk}@${of.version} ${era}`
  return {...of, era, node, name: node === null ? name : `${name} on Node ${node}`}
}

/** What a client makes of Docent, over HTTP and started by itself. @throws AssertionError. */
export async function checkSdk(of: SdkClient): Promise<string> {
  const {served, command} = await agentDocs()
  const fewSearches = await startDocent({settings: {searchLimitPerMinute: 1}})
  const fewRequests = await startDocent({settings: {requestLimitPerMinute: 8}})
  try {
    const urls = {
      open: served.url,
      fewSearches: fewSearches.url,
      fewRequests: fewRequests.url,
      allowedOrigin: 'https://docs.example.com',
    }
    const options = JSON.stringify({loader: loaderOf(of), sdk: of.sdk, era: of.era, urls, command})
    const {stdout} = await run(
      of.node === null ? process.execPath : nodeProgram(of.node),
      [program, options],
      {
        timeout: 240_000,
        maxBuffer: 32 * 1024 * 1024,
      },
    )
    checkSeen(JSON.parse(stdout) as Seen, of, of.era)
  } finally {
    await Promise.all([fewSearches.close(), fewRequests.close()])
  }
  return of.era === 'modern' ? '2026-07-28' : of.protocol
}

const loaders = new Map<string, string>()

/** URL of a module that imports from where the SDK is installed, which happens once. */
function loaderOf({sdk, version}: SdkVersion): string {
  const spec = `${sdk}@${version}`
  let file = loaders.get(spec)
  if (file === undefined) {
    file = join(installPackages([spec]), 'load.mjs')
    writeFileSync(file, 'export const load = (name) => import(name)\n')
    loaders.set(spec, file)
  }
  return pathToFileURL(file).href
}
