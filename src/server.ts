import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import type {Answering} from './answering/index.ts'
import {createAnswering} from './answering/index.ts'
import {DocentError} from './domain/index.ts'
import type {Embedder} from './embedding/index.ts'
import type {ChosenGenerator} from './generation/index.ts'
import type {Log} from './http/index.ts'
import {
  createHttpServer,
  createMetrics,
  type HttpServer,
  type LimitStore,
  memoryLimits,
} from './http/index.ts'
import {activateBuild, type SpawnedIngest, spawnIngest} from './ingestion/index.ts'
import {installationSecret, makePrivateFolder} from './native/index.ts'
import {howToRun} from './package/index.ts'
import type {DocsSearch, Retriever, RetrieverOptions} from './retrieval/index.ts'
import {
  type CurrentBuild,
  localBuilds,
  type OpenCurrentBuild,
  openCurrentBuild,
} from './search-index/index.ts'
import type {Settings} from './settings/index.ts'
import {openTranscripts, type Transcripts} from './transcripts/index.ts'

/**
 * Parts that an application which embeds Docent brings along, in place of those that the settings ask for. It opens
 * them before the server and closes them after it. Our own are loaded only where they are wanted.
 */
export interface Parts {
  /** Writes the answers. Default: what `GENERATOR` names. */
  readonly generator?: ChosenGenerator
  /** Embeds questions; an index made with another model is not served. Default: the model of `EMBEDDING_MODEL`. */
  readonly embedder?: Embedder
  /** Finds sources, for answers and for the search. Default: a search of the current build. */
  readonly retriever?: Retriever & DocsSearch
  /** The index that is served. Default: the build that the data folder names, followed as others are published. */
  readonly current?: OpenCurrentBuild
  /** The log of answers. Default: `transcripts.sqlite` in the data folder. */
  readonly transcripts?: Transcripts
  /** Makes the next build when staff ask for it. Default: an ingest of `CONTENT_DIR` in a process of its own. */
  readonly ingest?: Assistant['ingest']
  /** Counts what visitors use. Default: in the memory of this process. */
  readonly limitStore?: LimitStore
}

export interface ServerOptions {
  readonly settings: Settings
  readonly log: Log
  /** Folder of the built page and widget; null to serve none. */
  readonly webDir: string | null
  /** Figures of the process on `/metrics`; for one server of a process. Default false. */
  readonly withProcessMetrics?: boolean
  /** Pause between two pieces of an extract. Default the generator's. */
  readonly extractPaceMs?: number
  /** Default: none, everything is made from the settings. */
  readonly parts?: Parts
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
  const {settings, log, onEnd, parts = {}} = options
  const {dataDir} = settings
  // Before a model is put there, which makes the folder as any other.
  makePrivateFolder(dataDir)
  const generator = parts.generator ?? (await generatorOf(options))
  const embedder = parts.embedder ?? (await embedderOf(settings))
  const transcripts = parts.transcripts ?? transcriptsOf(options)
  if (transcripts.recovered > 0) {
    log.warn({answers: transcripts.recovered}, 'answers cut off by the last stop are marked interrupted')
  }
  const current = parts.current ?? (await openCurrentBuild(localBuilds(dataDir)))
  current.onChange(({id, problem}) => {
    if (problem === null) log.info({build: id}, 'build is served')
    else log.error({build: id, problem}, 'a build has a problem')
  })
  const usable = usableWith(embedder, current)
  const retriever = parts.retriever ?? (await retrieverOf(options, {current: usable, embedder}))
  const startIngest = parts.ingest ?? ((given) => ingestBeside(settings, given))
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
    ingest(given) {
      const started = startIngest(given)
      const report = started.report.then(async (done) => {
        await current.refresh()
        return done
      })
      // Whoever reads only the progress learns of a failure by its end.
      report.catch(() => undefined)
      return {...started, report}
    },
    async close(graceMs) {
      await answering.shutdown(graceMs)
      await transcripts.flush()
      if (parts.current === undefined) await current.close()
      if (parts.transcripts === undefined) await transcripts.close()
      if (parts.embedder === undefined) await embedder.close()
    },
  }
}

async function embedderOf(settings: Settings): Promise<Embedder> {
  const {openEmbedder} = await import('./embedding/index.ts')
  return openEmbedder({model: settings.embeddingModel, cacheDir: modelCacheOf(settings)})
}

async function generatorOf({settings, log, extractPaceMs}: AssistantOptions): Promise<ChosenGenerator> {
  const {createGenerator} = await import('./generation/index.ts')
  return createGenerator(settings, {
    onNote: (note) => log.info({note}, 'generation'),
    ...(extractPaceMs === undefined ? {} : {extractPaceMs}),
  })
}

async function retrieverOf(
  {settings, log}: AssistantOptions,
  found: Pick<RetrieverOptions, 'current' | 'embedder'>,
): Promise<Retriever & DocsSearch> {
  const {createRetriever} = await import('./retrieval/index.ts')
  return createRetriever({
    ...found,
    siteUrl: settings.siteUrl,
    ...(await rewriterOf(settings)),
    onNote: (note) => log.info({note}, 'retrieval'),
  })
}

function transcriptsOf({settings, log, transcriptsFile}: AssistantOptions): Transcripts {
  return openTranscripts({
    file: transcriptsFile ?? join(settings.dataDir, 'transcripts.sqlite'),
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
}

/** Ingests the content folder in a process of its own. */
function ingestBeside(settings: Settings, {full}: {readonly full: boolean}): SpawnedIngest {
  return spawnIngest({
    content: settings.contentDir,
    dataDir: settings.dataDir,
    embeddingModel: settings.embeddingModel,
    modelCacheDir: modelCacheOf(settings),
    full,
    maxShrinkPercent: settings.maxShrinkPercent,
    keepBuilds: settings.keepBuilds,
  })
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
  const builds = localBuilds(settings.dataDir)
  const http = createHttpServer({
    options: settings,
    answering: assistant.answering,
    generator: assistant.generator.name,
    transcripts: assistant.transcripts,
    search: assistant.retriever,
    current: usableWith(assistant.embedder, assistant.current),
    builds: {
      list: () => builds.list(),
      async activate(id) {
        await activateBuild(builds, id)
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
    limitStore: options.parts?.limitStore ?? memoryLimits(),
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
async function rewriterOf(settings: Settings): Promise<Pick<RetrieverOptions, 'rewriter'>> {
  const {rewriteFollowUps, generator, anthropicApiKey: apiKey} = settings
  if (!rewriteFollowUps || generator === 'extractive' || apiKey === null) return {}
  const {anthropicBaseUrl: baseUrl, anthropicModel: model} = settings
  const {anthropicQuestionRewriter} = await import('./generation/index.ts')
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
