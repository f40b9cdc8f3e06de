import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {silentLog} from '../../../src/http/log.ts'
import {type DocentServer, openServer} from '../../../src/server/index.ts'
import {settingsFrom} from '../../../src/settings/settings.ts'
import {startProtocolDocs} from '../../support/protocol-docs.ts'
import {serveFolder} from '../../support/serve-folder.ts'
import type {TestDocent} from '../../support/start-docent.ts'
import {temporaryFolder} from '../programs.ts'
import type {QuestionTarget} from './client.ts'
import {type Cut, type CuttingProxy, startCuttingProxy} from './cutting-proxy.ts'

/** Servers for clients to ask. Close it. */
export interface ServedDocs {
  /** The real product with a small documentation. */
  readonly quick: QuestionTarget
  /** Answers go as the question says. */
  readonly open: TestDocent
  /** The same; allows one question in a minute. */
  readonly strict: TestDocent
  /** A page of another origin, which may ask the servers. */
  readonly pageUrl: string
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

/** Ingests and starts the servers. No model is called. */
export async function serveDocs(): Promise<ServedDocs> {
  const folder = temporaryFolder('clients')
  const [content, pages] = [join(folder, 'content'), join(folder, 'pages')]
  await mkdir(content)
  await writeFile(join(content, 'settings.md'), page)
  await mkdir(pages)
  await writeFile(join(pages, 'index.html'), '<!doctype html><title>A page that asks</title>')
  const site = await serveFolder(pages)
  const pageUrl = site.url
  const start = () => startProduct(content, join(folder, 'data'), pageUrl)
  const first = await start()
  await first.ingest({full: false}).report
  await first.close(0)
  const quick = await start()
  const {url, port} = await quick.http.listen()
  const {open, strict} = await startProtocolDocs({settings: {allowedOrigins: [pageUrl]}})
  return {
    quick: {url, directUrl: url, question},
    open,
    strict,
    pageUrl,
    behindCuts: (cuts) => startCuttingProxy(port, cuts),
    async close() {
      await Promise.all([quick.close(0), open.close(), strict.close(), site.close()])
    },
  }
}

function startProduct(content: string, dataDir: string, pageUrl: string): Promise<DocentServer> {
  const settings = settingsFrom({
    PORT: '0',
    CONTENT_DIR: content,
    DATA_DIR: dataDir,
    GENERATOR: 'extractive',
    ALLOWED_ORIGINS: pageUrl,
    // Buffering depends on timing; here every client must get the same events.
    BUFFER_MS: '0',
    RESUME_GRACE_MS: '600000',
    RATE_LIMIT_PER_MINUTE: '0',
    REQUEST_LIMIT_PER_MINUTE: '0',
    MAX_CONCURRENT_ANSWERS_PER_VISITOR: '0',
  })
  return openServer({settings, log: silentLog, webDir: null, extractPaceMs: 0})
}
