import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import type {Answering} from './answering/index.ts'
import {createAnswering} from './answering/index.ts'
import {DocentError} from './domain/index.ts'
import type {Embedder} from './embedding/index.ts'
import {openEmbedder} from './embedding/index.ts'
import {anthropicQuestionRewriter, type ChosenGenerator, createGenerator} from './generation/index.ts'
import type {Log} from './http/index.ts'
import {createHttpServer, createMetrics, type HttpServer} from './http/index.ts'
import {activateBuild, type SpawnedIngest, spawnIngest} from './ingestion/index.ts'
import {installationSecret, makePrivateFolder} from './native/index.ts'
import {howToRun} from './package/index.ts'
import type {DocsSearch, Retriever} from './retrieval/index.ts'
import {createRetriever, type RetrieverOptions} from './retrieval/index.ts'
import {type CurrentBuild, listBuilds, type OpenCurrentBuild, openCurrentBuild} from './search-index/index.ts'
import type {Settings} from './settings/index.ts'
import {openTranscripts, type Transcripts} from './transcripts/index.ts'

export interface ServerOptions {
  readonly settings: Settings
  readonly log: Log
  /** Folder of the built page and widget; null to serve none. */
  readonly webDir: string | null
  /** Figures of the process on `/metrics`; for one server of a process. Default false. */
  readonly withProcessMetrics?: boolean
  /** Pause between two pieces of an extract. Default the generator's. */
  readonly extractPaceMs?: number
}

/** Everything that answers questions, in this process, without a network port. */
export interface Assistant {
  readonly answering: Answering
  readonly retriever: Retriever & DocsSearch
  readonly current: OpenCurrentBuild
  readonly transcripts: Transcripts
  readonly embedder: Embedder
  readonly generator: ChosenGenerator
  /** Why the docs must be ingested before questions can be answered; null when they need not. */
  indexProblem(): string | null
  /** Ingests in a process of its own. When its report has come, the new build is served. */
  ingest(options: {readonly full: boolean}): SpawnedIngest
  /** Lets answers finish for `graceMs`, ends the rest, flushes and closes everything. */
  close(graceMs: number): Promise<void>
}

export interface AssistantOptions extends Omit<ServerOptions, 'webDir' | 'withProcessMetrics'> {
  readonly onEnd?: Parameters<typeof createAnswering>[0]['onEnd']
  /** Default `transcripts.sqlite` in the data folder. One process at a time writes a file: a second one would take the first one's open answers for left over. */
  readonly transcriptsFile?: string
}

/** Opens the model, the index and the log, and puts the parts together. Close it once. */
export async function openAssistant(options: AssistantOptions): Promise<Assistant> {
  const {settings, log, extractPaceMs, onEnd} = options
  const {dataDir} = settings
  // Before a model is put there, which makes the folder as any other.
  makePrivateFolder(dataDir)
  const generator = createGenerator(settings, {
    onNote: (note) => log.info({note}, 'generation'),
    ...(extractPaceMs === undefined ? {} : {extractPaceMs}),
  })
  const embedder = await openEmbedder({model: settings.embeddingModel, cacheDir: modelCacheOf(settings)})
  const transcripts = openTranscripts({
    file: options.transcriptsFile ?? join(dataDir, 'transcripts.sqlite'),
    mode: settings.transcripts,
    retentionDays: settings.retentionDays,
    maxBytes: settings.transcriptsMaxMb * 1024 * 1024,
    onDegraded: (reason) => {
      if (reason === null) log.info({}, 'transcripts are written again')
      else log.error({reason}, 'transcripts cannot be written; answers go on')
    },
    onErased: (isErased) => {
      if (isErased) log.info({}, 'what was removed has left the transcripts file')
      else
        log.warn(
          {},
          'another process reads the transcripts: what was removed leaves the file when it has ended',
        )
    },
    onExposed: (warning) => log.warn({warning}, 'others on this machine may read the transcripts'),
    onFull: () =>
      log.warn({}, 'the transcripts reach TRANSCRIPTS_MAX_MB; the oldest answers are removed from now on'),
  })
  if (transcripts.recovered > 0) {
    log.warn({answers: transcripts.recovered}, 'answers cut off by the last stop are marked interrupted')
  }
  const current = await openCurrentBuild(dataDir)
  current.onChange(({id, problem}) => {
    if (problem === null) log.info({build: id}, 'build is served')
    else log.error({build: id, problem}, 'a build has a problem')
  })
  const usable = usableWith(embedder, current)
  const retriever = createRetriever({
    current: usable,
    embedder,
    siteUrl: settings.siteUrl,
    ...rewriterOf(settings),
    onNote: (note) => log.info({note}, 'retrieval'),
  })
  const answering = createAnswering({
    retriever,
    generator,
    journal: transcripts,
    currentBuild: () => usable.id,
    hasVersion: (version) => withBuild(usable, (build) => build.versions().includes(version)),
    embedding: embedder.name,
    deadlines: {firstTokenMs: settings.firstTokenTimeoutMs, answerMs: settings.answerTimeoutMs},
    resumeGraceMs: settings.resumeGraceMs,
    limits: {maxConcurrent: settings.maxConcurrentAnswers},
    log,
    ...(onEnd === undefined ? {} : {onEnd}),
  })

  return {
    answering,
    retriever,
    current,
    transcripts,
    embedder,
    generator,
    indexProblem() {
      if (current.id === null) return `${dataDir} holds no index`
      return usable.id === null ? 'the index was made with another embedding model' : null
    },
    ingest({full}) {
      const spawned = spawnIngest({
        content: settings.contentDir,
        dataDir,
        embeddingModel: settings.embeddingModel,
        modelCacheDir: modelCacheOf(settings),
        full,
        maxShrinkPercent: settings.maxShrinkPercent,
        keepBuilds: settings.keepBuilds,
      })
      const report = spawned.report.then(async (done) => {
        await current.refresh()
        return done
      })
      // Whoever reads only the progress learns of a failure by its end.
      report.catch(() => undefined)
      return {...spawned, report}
    },
    async close(graceMs) {
      await answering.shutdown(graceMs)
      await transcripts.flush()
      await current.close()
      await transcripts.close()
      await embedder.close()
    },
  }
}

export interface DocentServer extends Assistant {
  readonly http: HttpServer
}

/** The whole product without a process around it: `cli/serve` adds signals and words, tests start several. */
export async function openServer(options: ServerOptions): Promise<DocentServer> {
  const {settings, log, webDir, withProcessMetrics = false} = options
  const metrics = createMetrics({
    activeAnswers: () => assistant.answering.active,
    journalHealth: () => assistant.transcripts.health(),
    withProcessMetrics,
  })
  const assistant = await openAssistant({...options, onEnd: metrics.answerEnded})
  const ingests = new Set<SpawnedIngest>()
  const http = createHttpServer({
    options: settings,
    answering: assistant.answering,
    generator: assistant.generator.name,
    transcripts: assistant.transcripts,
    search: assistant.retriever,
    current: usableWith(assistant.embedder, assistant.current),
    builds: {
      list: () => listBuilds(settings.dataDir),
      async activate(id) {
        await activateBuild(settings.dataDir, id)
        await assistant.current.refresh()
      },
    },
    startIngest(given) {
      const ingest = assistant.ingest(given)
      ingests.add(ingest)
      const forget = () => ingests.delete(ingest)
      ingest.report.then(forget, forget)
      return ingest
    },
    journalHealth: () => assistant.transcripts.health(),
    secret: secretOf(settings, log),
    webDir,
    log,
    metrics,
  })

  return {
    ...assistant,
    http,
    async close(graceMs) {
      http.drain()
      for (const ingest of ingests) ingest.kill()
      await assistant.answering.shutdown(graceMs)
      await http.close()
      await assistant.close(0)
    },
  }
}

/**
 * The current build, as long as its vectors were made by this model: vectors of two models cannot be compared, so
 * with another one there is no index.
 */
function usableWith(embedder: Embedder, current: CurrentBuild): CurrentBuild {
  function lease() {
    const lease = current.lease()
    const made = lease.build.manifest.embedding
    if (made.id === embedder.id) return lease
    lease.release()
    throw new DocentError(
      'not_ready',
      `The index was made with the model ${made.name}; run ${howToRun('ingest')}.`,
    )
  }
  return {
    lease,
    get id() {
      if (current.id === null) return null
      try {
        const {build, release} = lease()
        const {id} = build.manifest
        release()
        return id
      } catch {
        // Made with another model: as good as none.
        return null
      }
    },
  }
}

function withBuild<T>(
  current: CurrentBuild,
  read: (build: ReturnType<CurrentBuild['lease']>['build']) => T,
): T {
  const {build, release} = current.lease()
  try {
    return read(build)
  } finally {
    release()
  }
}

/** Follow-ups are rewritten by Claude where that is asked for and Claude is on. */
function rewriterOf(settings: Settings): Pick<RetrieverOptions, 'rewriter'> {
  const {rewriteFollowUps, generator, anthropicApiKey: apiKey} = settings
  if (!rewriteFollowUps || generator === 'extractive' || apiKey === null) return {}
  const {anthropicBaseUrl: baseUrl, anthropicModel: model} = settings
  return {rewriter: anthropicQuestionRewriter({apiKey, baseUrl, model})}
}

/** Kept as long as what is made with it: where nothing outlives the process it need not either. */
function secretOf({dataDir, transcripts}: Settings, log: Log): Buffer {
  if (transcripts === 'off') return randomBytes(32)
  return installationSecret(join(dataDir, 'secret'), (reason) =>
    log.warn({reason}, 'the secret cannot be kept: idempotency keys will be forgotten at the next start'),
  )
}

/** Where models from the hub are kept. */
function modelCacheOf(settings: Settings): string {
  return join(settings.dataDir, 'models')
}
