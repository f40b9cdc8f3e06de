import {cpSync, mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {startDocent, type TestDocent} from '../../../support/start-docent.ts'
import {ownNpm, root, runProgram, temporaryFolder} from '../../programs.ts'

/** Docs for agents, from a server and on the agent's own machine. */
export interface AgentDocs {
  readonly served: TestDocent
  /** Starts the same docs as a client does that has only this checkout. */
  readonly command: {
    readonly command: string
    readonly args: readonly string[]
    readonly env: Readonly<Record<string, string>>
    readonly cwd: string
  }
}

const siteUrl = 'https://docs.example.com'

const pages: Readonly<Record<string, string>> = {
  'index.md': '# Boiler handbook\n\nEverything about the boiler.\n',
  'guides/port.md':
    '# Change the port\n\nSet PORT to change the port.\n\n## Tokens\n\nTokens expire after one hour.\n',
  'guides/valves.md': '# Valves\n\nThe flywheel needs oil every day.\n',
}

let made: Promise<AgentDocs> | undefined

/** The same for every client; lasts as long as this process. */
export function agentDocs(): Promise<AgentDocs> {
  made ??= makeDocs()
  return made
}

async function makeDocs(): Promise<AgentDocs> {
  const folder = temporaryFolder('agents')
  const [content, dataDir, servedDir] = ['content', 'data', 'served'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const [path, text] of Object.entries(pages)) {
    mkdirSync(dirname(join(content, path)), {recursive: true})
    writeFileSync(join(content, path), text)
  }
  const env = {
    PATH: process.env['PATH'] ?? '',
    CONTENT_DIR: content,
    DATA_DIR: dataDir,
    SITE_URL: siteUrl,
    ASSISTANT_NAME: 'Boiler',
  }
  runProgram(process.execPath, ['bin/docent.mjs', 'ingest'], {cwd: root, env})
  cpSync(dataDir, servedDir, {recursive: true})
  const served = await startDocent({
    dataDir: servedDir,
    pages: null,
    retriever: null,
    embedder: null,
    settings: {assistantName: 'Boiler', siteUrl, allowedOrigins: [siteUrl]},
  })
  const args = [ownNpm(), 'run', '-s', 'mcp']
  return {served, command: {command: process.execPath, args, env, cwd: root}}
}
