import {cpSync} from 'node:fs'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {silentLog} from '../../../src/http/log.ts'
import {type DocentServer, openServer} from '../../../src/server/index.ts'
import {settingsFrom} from '../../../src/settings/settings.ts'
import {temporaryFolder} from '../programs.ts'
import type {QuestionTarget} from './client.ts'
import {type Cut, type CuttingProxy, startCuttingProxy} from './cutting-proxy.ts'

/** Servers with a small documentation, for clients to ask. */
export interface ServedDocs {
  /** Answers at once. */
  readonly quick: QuestionTarget
  /** Never finishes an answer. */
  readonly slow: QuestionTarget
  /** Opens a proxy to the quick server that cuts connections. Close it. */
  behindCuts(cuts: readonly Cut[]): Promise<CuttingProxy>
  close(): Promise<void>
}

const question = 'How do I change the port?'

/** The text is quoted piece by piece. Its dashes have three bytes each, its emoji many more. */
const page = `# Settings — of the kettle

The kettle reads its settings from kettle.toml — in the folder it was started in.

## Change the port

The server listens on port 8118 — set \`port\` in kettle.toml to another number to change the port — then start it again.

1. Open kettle.toml and change the port — any number above 1024 will do 👩‍👩‍👧.
2. Restart the server so that it listens on the changed port — its log names it.
3. Change the port in the settings of your clients too — größer geht immer.

\`\`\`toml
port = 9000 # the changed port — 端口
\`\`\`

Clients that still ask the port of before get no answer — change their port as well.
`

/** Ingests and starts two servers of the real product, which quote and call no model. Close it. */
export async function serveDocs(): Promise<ServedDocs> {
  const folder = temporaryFolder('clients')
  const content = join(folder, 'content')
  await mkdir(content)
  await writeFile(join(content, 'settings.md'), page)
  const [quickData, slowData] = [join(folder, 'quick'), join(folder, 'slow')]
  const first = await startServer(content, quickData, 0)
  await first.ingest({full: false}).report
  await first.close(0)
  cpSync(quickData, slowData, {recursive: true})
  const quick = await startServer(content, quickData, 0)
  const slow = await startServer(content, slowData, 3_600_000)
  const [quickAt, slowAt] = [await quick.http.listen(), await slow.http.listen()]
  return {
    quick: {url: quickAt.url, directUrl: quickAt.url, question},
    slow: {url: slowAt.url, directUrl: slowAt.url, question},
    behindCuts: (cuts) => startCuttingProxy(quickAt.port, cuts),
    async close() {
      await quick.close(0)
      await slow.close(0)
    },
  }
}

/** @param paceMs between two pieces of an extract */
function startServer(content: string, dataDir: string, paceMs: number): Promise<DocentServer> {
  const settings = settingsFrom({
    PORT: '0',
    CONTENT_DIR: content,
    DATA_DIR: dataDir,
    GENERATOR: 'extractive',
    // Buffering depends on timing; here every client must get the same events.
    BUFFER_MS: '0',
    RESUME_GRACE_MS: '600000',
    RATE_LIMIT_PER_MINUTE: '0',
    REQUEST_LIMIT_PER_MINUTE: '0',
    MAX_CONCURRENT_ANSWERS_PER_VISITOR: '0',
  })
  return openServer({settings, log: silentLog, webDir: null, extractPaceMs: paceMs})
}
