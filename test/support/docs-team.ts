import {openEmbedder} from '../../src/embedding/index.ts'
import {type IngestReport, ingest} from '../../src/ingestion/index.ts'
import {type ContentFolder, contentFolder} from './content-folder.ts'
import {directParser} from './direct-parser.ts'
import {hashingEmbedder} from './hashing-embedder.ts'
import {type DocentOptions, startDocent, type TestDocent} from './start-docent.ts'

export interface DocsTeamDocent extends TestDocent {
  readonly folder: ContentFolder
  /** Makes ingests wait before they begin; call what it returns to let them go on. */
  hold(): () => void
  /** Stops the server; what it returns starts another one with the same data at the same port. */
  stop(): Promise<() => Promise<void>>
}

export const kettleDocs: Readonly<Record<string, string>> = {
  'index.md':
    '# Kettle\n\nKettle boils water on request. It runs on one machine.\n\n## What it is for\n\nWhere several people share one stove.\n',
  'settings.md':
    '# Settings\n\nKettle reads its settings from kettle.toml.\n\n## Change the port\n\nThe server listens on port 8118. Set `port` to change it.\n\n## Temperature\n\nSet `target` in degrees Celsius. The default is 95.\n',
  'guide/repair.md':
    '# Repair\n\n## The water stays cold\n\nCheck that the stove is plugged in. See [the settings](../settings.md#missing-section).\n\n## The lid sensor\n\nClean the contact below the lid with a dry cloth.\n',
  'old.md': '# Old whistle\n\nThe whistle was replaced by a bell.\n',
}

/** A real server that ingests a folder of Markdown with a real ingest, in this process, and searches it. */
export async function startDocsTeam(
  options: DocentOptions & {
    readonly files?: Readonly<Record<string, string>>
    /** Whether the model that is shipped is used, which groups questions as well. Default false. */
    readonly hasModel?: boolean
  } = {},
): Promise<DocsTeamDocent> {
  const {files = kettleDocs, hasModel = false, ...rest} = options
  const folder = contentFolder(files)
  const embedder = hasModel ? await openEmbedder({model: null}) : hashingEmbedder({dimensions: 8})
  const given = {
    content: folder.content,
    dataDir: folder.dataDir,
    embedder: async () => embedder,
    openParser: directParser,
    ...(hasModel ? {} : {calibrate: async () => null}),
  }
  await ingest(given)
  let held: Promise<void> = Promise.resolve()
  const settings: DocentOptions = {
    dataDir: folder.dataDir,
    pages: null,
    retriever: null,
    ...(hasModel ? {embedder: null} : {}),
    ingest({full, force = false}) {
      const ending = new AbortController()
      const progress: unknown[] = []
      let wake = () => {}
      let hasEnded = false
      const wait = held
      const report: Promise<IngestReport> = Promise.race([
        wait,
        new Promise((_, reject) =>
          ending.signal.addEventListener('abort', () => reject(ending.signal.reason)),
        ),
      ])
        .then(() =>
          ingest(
            {...given, full, force},
            {
              signal: ending.signal,
              onProgress(now) {
                progress.push(now)
                wake()
              },
            },
          ),
        )
        .finally(() => {
          hasEnded = true
          wake()
        })
      report.catch(() => {})
      async function* read() {
        while (!hasEnded || progress.length > 0) {
          while (progress.length > 0) yield progress.shift() as never
          if (!hasEnded)
            await new Promise<void>((resolve) => {
              wake = resolve
            })
        }
      }
      return {progress: read(), report, kill: () => ending.abort(new Error('ended'))}
    },
    ...rest,
  }
  let docent = await startDocent(settings)
  return {
    ...docent,
    folder,
    hold() {
      let release = () => {}
      held = new Promise((resolve) => {
        release = resolve
      })
      return () => {
        held = Promise.resolve()
        release()
      }
    },
    async stop() {
      const {port} = docent
      await docent.close()
      return async () => {
        docent = await startDocent({...settings, settings: {...settings.settings, port}})
      }
    },
    async close() {
      await docent.close()
      await embedder.close()
      folder.clear()
    },
  }
}
