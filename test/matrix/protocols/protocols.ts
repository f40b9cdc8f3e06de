import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {chromiumPath} from '../../support/chromium.ts'
import {startProtocolDocs} from '../../support/protocol-docs.ts'
import {type Cell, chosenCells, type Kind} from '../cell.ts'
import {installPackages, nodeProgram} from '../programs.ts'
import {checkAiSdk} from './ai-sdk/check.ts'
import {checkInspector} from './mcp/inspector.ts'
import {checkSdk, sdkClients} from './mcp/sdk.ts'
import {checkOpenAi} from './openai/check.ts'
import {checkOpenApi as checkOpenApiDocument} from './openapi.ts'
import {checkReactExample} from './react-example.ts'

/** A client of another protocol, in one version. */
interface ProtocolClient {
  readonly name: string
  readonly inSmoke: boolean
  /** Why it cannot run on this machine; null if it can. */
  readonly skipped: string | null
  /** @returns details for the table. @throws Error if what it sees is wrong. */
  check(): Promise<string>
}

/** The version of Node that a package needs, if this one may be too old for it. */
interface AiVersion {
  readonly version: string
  readonly needsNode?: number
}

const aiVersions: readonly AiVersion[] = [
  {version: '5.0.0'},
  {version: '5.0.277'},
  {version: '6.0.0'},
  {version: '6.0.326'},
  {version: '7.0.173', needsNode: 22},
]

const openAiVersions = ['4.104.0', '5.23.2', '6.49.0', '7.59.0']
const inspectorVersion = '2.12.0'

const all: readonly ProtocolClient[] = [
  ...aiVersions.map(({version, needsNode}) => ({
    name: `ai@${version}`,
    inSmoke: version === '5.0.0',
    skipped: null,
    check: () => tryAiSdk(version, needsNode ?? 0),
  })),
  ...openAiVersions.map((version) => ({
    name: `openai@${version}`,
    // `npm test` tries the one that is installed.
    inSmoke: false,
    skipped: null,
    check: () => tryOpenAi(version),
  })),
  ...sdkClients.map((client) => ({
    name: client.name,
    inSmoke: client.name === '@modelcontextprotocol/client@2.4.0 modern',
    skipped: null,
    check: () => checkSdk(client),
  })),
  {
    name: `@modelcontextprotocol/inspector@${inspectorVersion}`,
    inSmoke: false,
    skipped: null,
    check: () => checkInspector(inspectorVersion),
  },
  {
    name: 'openapi-typescript@7.13.0',
    inSmoke: false,
    skipped: null,
    check: checkOpenApiDocument,
  },
  {
    name: 'examples/react',
    inSmoke: true,
    skipped: chromiumPath === null ? 'needs Chromium' : null,
    check: checkReactExample,
  },
]

/** Clients that speak to Docent in the protocols of others, each in several versions. */
export const protocols: Kind = {
  name: 'protocols',
  help: '[PACKAGE[@VERSION]…] Clients of other protocols, such as the AI SDK: each kind of answer.',
  options: [],
  cells(names, {smoke}) {
    return chosenCells(
      all,
      names,
      ({name}, asked) => name === asked || ['@', '.', ' '].some((next) => name.startsWith(`${asked}${next}`)),
      ({name}) => name,
    )
      .filter(({inSmoke}) => !smoke || inSmoke)
      .map(({name, skipped, check}): Cell => ({name, skipped, run: check}))
  },
}

async function tryOpenAi(version: string): Promise<string> {
  const folder = installPackages([`openai@${version}`])
  const docs = await startProtocolDocs()
  try {
    await checkOpenAi(pathToFileURL(join(folder, 'node_modules/openai/index.mjs')).href, docs)
  } finally {
    await Promise.all([docs.open.close(), docs.strict.close()])
  }
  return ''
}

/** On this Node, or on a newer one from the registry if the package needs it. */
async function tryAiSdk(version: string, needsNode: number): Promise<string> {
  const ownMajor = Number(process.versions.node.split('.')[0])
  const node = ownMajor >= needsNode ? process.execPath : nodeProgram(String(needsNode))
  const folder = installPackages([`ai@${version}`, 'zod@3.25.76'])
  const module = pathToFileURL(
    join(folder, 'node_modules/ai/dist', version.startsWith('7') ? 'index.js' : 'index.mjs'),
  )
  const docs = await startProtocolDocs()
  try {
    await checkAiSdk({node, module: module.href, major: Number(version.split('.')[0])}, docs)
  } finally {
    await Promise.all([docs.open.close(), docs.strict.close()])
  }
  return node === process.execPath ? '' : `on Node ${needsNode}`
}
