import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import type {Answering} from './answering/index.ts'
import {createAnswering} from './answering/index.ts'
import {refOf} from './answers/index.ts'
import {DocentError} from './domain/index.ts'
import type {Embedder} from './embedding/index.ts'
import {
  closedGaps,
  type GapKeeper,
  type Gaps,
  openGapKeeper,
  openGaps,
  withGapsForgotten,
} from './gaps/index.ts'
import type {ChosenGenerator} from './generation/index.ts'
import {openGoldenQuestions} from './golden/index.ts'
import type {Log} from './http/index.ts'
import {
  createHttpServer,
  createMetrics,
  type ExplainQuery,
  type GapsService,
  type HttpServer,
  type LimitStore,
  memoryLimits,
  redactedLog,
} from './http/index.ts'
import {activateBuild, type IngestReport, type SpawnedIngest, spawnIngest} from './ingestion/index.ts'
import {TwoGenerationCache} from './lib/two-generation-cache.ts'
import {installationSecret, makePrivateFolder} from './native/index.ts'
import {createReports, openNotifier, openOutbox, type Reports, receiverOf} from './notify/index.ts'
import {howToRun} from './package/index.ts'
import {staffQuestionFile} from './question-sets/index.ts'
import {createRedactor, type Redacted, type Redactor} from './redaction/index.ts'
import type {
  BuildExplainer,
  DocsSearch,
  ExplainedSearch,
  Explanation,
  Retriever,
  RetrieverOptions,
  StartingQuestions,
} from './retrieval/index.ts'
import {
  type BuildStore,
  type CurrentBuild,
  localBuilds,
  type OpenCurrentBuild,
  openCurrentBuild,
  type SourceSummary,
} from './search-index/index.ts'
import type {Settings} from './settings/index.ts'
import {gitAccess, isPushFor, pollRepositories} from './sources/index.ts'
import {openStaffStore, type StaffStore} from './staff/index.ts'
import {openTranscripts, type Transcripts} from './transcripts/index.ts'
import {
  findPlaceIn,
  openVerifiedAnswers,
  type VerifiedAnswers,
  withVerifiedAnswers,
} from './verified/index.ts'

/**
 * Parts that an application embedding Docent provides in place of those from the settings. The application opens them
 * before the server and closes them after it. The built-in parts are loaded only if they are used.
 */
export interface Parts {
  /** Writes the answers. Default: the generator of `GENERATOR`. */
  readonly generator?: ChosenGenerator
  /** Embeds questions. An index built with another model is not served. Default: the model of `EMBEDDING_MODEL`. */
  readonly embedder?: Embedder
  /** Finds sources, for answers and for search. Default: retrieval from the current build. */
  readonly retriever?: Retriever & DocsSearch
  /** Stores builds; staff list and activate these. `ingest` must be given with it. Default: the data folder. */
  readonly builds?: BuildStore
  /** The index that is served. Default: the current build of the store, and newer ones as they are published. */
  readonly current?: OpenCurrentBuild
  /** Journal and transcripts. Default: `transcripts.sqlite` in the data folder. */
  readonly transcripts?: Transcripts
  /** People of the staff, and the audit log. Default: `staff.sqlite` in the data folder. */
  readonly staff?: StaffStore
  /** Answers that staff wrote. Default: `verified.sqlite` in the data folder. */
  readonly verified?: VerifiedAnswers
  /** Creates the next build when staff request it. Default: an ingest of `CONTENT_DIR` in a child process. */
  readonly ingest?: Assistant['ingest']
  /** Counts what visitors use. Default: in memory. */
  readonly limitStore?: LimitStore
}

export interface ServerOptions {
  readonly settings: Settings
  readonly log: Log
  /** Folder of the built page and widget; null to serve none. */
  readonly webDir: string | null
  /** Adds metrics of the process to `/metrics`; only for one server in a process. Default false. */
  readonly withProcessMetrics?: boolean
  /** Pause between two pieces of an extractive answer, in milliseconds. Default: that of the generator. */
  readonly extractPaceMs?: number
  /** Default: none, all parts are created from the settings. */
  readonly parts?: Parts
}

/** Everything needed to answer questions in this process, without a network port. */
export interface Assistant {
  readonly answering: Answering
  readonly retriever: Retriever & DocsSearch
  readonly current: OpenCurrentBuild
  readonly transcripts: Transcripts
  readonly verified: VerifiedAnswers
  readonly embedder: Embedder
  readonly generator: ChosenGenerator
  /** Why the docs must be ingested before questions can be answered; null if they need not be. */
  indexProblem(): string | null
  /** Why sources could not be brought up to date by the last ingest, for people. */
  sourceProblems(): readonly string[]
  /** Ingests in a child process. The new build is served by the time the report resolves. */
  ingest(options: {readonly full: boolean; readonly force?: boolean}): SpawnedIngest
  /** Lets answers finish for `graceMs`, ends the rest, flushes and closes everything. */
  close(graceMs: number): Promise<void>
}

export interface AssistantOptions extends Omit<ServerOptions, 'webDir' | 'withProcessMetrics'> {
  readonly onEnd?: Parameters<typeof createAnswering>[0]['onEnd']
  /** Called when a reader takes an answer up again. */
  readonly onResumed?: () => void
  /** Called with what was replaced in the words of a visitor, by kind. */
  readonly onRedacted?: (found: Redacted['found']) => void
  /** Default `transcripts.sqlite` in the data folder. Only one process at a time may have a file open for writing. */
  readonly transcriptsFile?: string
}

/** @throws TypeError when builds are kept elsewhere and the built-in ingest would still store them in the data folder. */
function buildsOf({settings, parts = {}}: Pick<ServerOptions, 'settings' | 'parts'>): BuildStore {
  if (parts.builds !== undefined && parts.ingest === undefined)
    throw new TypeError(
      'parts.builds needs parts.ingest: the built-in ingest stores builds in the data folder',
    )
  return parts.builds ?? localBuilds(settings.dataDir)
}

/** Opens the model, the index and the transcripts, and assembles the parts. Close it once. */
export async function openAssistant(options: AssistantOptions): Promise<Assistant> {
  const {settings, log, onEnd, onResumed, parts = {}} = options
  const {dataDir} = settings
  // Before a model is stored there, which would create the folder without restricting it to this user.
  makePrivateFolder(dataDir)
  const generator = parts.generator ?? (await generatorOf(options))
  const embedder = parts.embedder ?? (await embedderOf(settings))
  const redactor = redactorOf(settings)
  const transcripts = parts.transcripts ?? transcriptsOf(options, redactor)
  if (transcripts.recovered.length > 0) {
    log.warn(
      {answers: transcripts.recovered.length},
      'answers cut off by the last stop are marked interrupted',
    )
  }
  const current = parts.current ?? (await openCurrentBuild(buildsOf(options)))
  current.onChange(({id, problem}) => {
    if (problem === null) log.info({build: id}, 'build is served')
    else log.error({build: id, problem}, 'a build has a problem')
  })
  const usable = buildFor(embedder, current)
  const retriever =
    parts.retriever ??
    (await retrieverOf(options, {
      current: usable,
      embedder,
      onChange: (listener) => current.onChange(listener),
    }))
  let problems: readonly string[] = []
  const startIngest = parts.ingest ?? ((given) => spawnContentIngest(settings, given))
  const verified = parts.verified ?? verifiedOf(options)
  const verifiedOptions = {
    answers: verified,
    placeOf: findPlaceIn(usable, settings.siteUrl),
    onProblem: (err: unknown) =>
      log.error({err}, 'verified answers cannot be read; questions are answered without'),
  }
  const answering = createAnswering({
    retriever,
    addingAnew: (found) => withVerifiedAnswers(found, verifiedOptions),
    generator,
    journal: transcripts,
    redactor,
    currentBuild: () => usable.id,
    hasVersion: (version) => withBuild(usable, (build) => build.versions().includes(version)),
    rewritesFollowUps: settings.rewriteFollowUps,
    embedding: embedder.name,
    deadlines: {firstTokenMs: settings.firstTokenTimeoutMs, answerMs: settings.answerTimeoutMs},
    resumeGraceMs: settings.resumeGraceMs,
    limits: {maxConcurrent: settings.maxConcurrentAnswers},
    log,
    onResumed(answerId) {
      onResumed?.()
      transcripts.countResume(answerId).catch((err: unknown) => {
        log.warn({ref: refOf(answerId), err}, 'a resume could not be counted')
      })
    },
    ...(onEnd === undefined ? {} : {onEnd}),
  })

  return {
    answering,
    retriever,
    current,
    transcripts,
    verified,
    embedder,
    generator,
    indexProblem() {
      if (current.id === null) return `${dataDir} has no index`
      return usable.id === null ? 'the index was built with another embedding model' : null
    },
    sourceProblems: () => problems,
    ingest(given) {
      const started = startIngest(given)
      const report = started.report.then(async (done) => {
        await current.refresh()
        // An application's own ingest may know no sources.
        problems = (done.sources ?? []).flatMap(({problem}) => problem ?? [])
        for (const problem of problems) log.warn({problem}, 'a source of the docs is not up to date')
        return done
      })
      // A caller that reads only the progress learns of a failure when it ends.
      report.catch(() => undefined)
      return {...started, report}
    },
    async close(graceMs) {
      await answering.shutdown(graceMs)
      await transcripts.flush()
      if (parts.current === undefined) await current.close()
      if (parts.transcripts === undefined) await transcripts.close()
      if (parts.verified === undefined) verified.close()
      if (parts.embedder === undefined) await embedder.close()
    },
  }
}

async function embedderOf(settings: Settings): Promise<Embedder> {
  const {openEmbedder} = await import('./embedding/index.ts')
  return openEmbedder({
    model: settings.embeddingModel,
    cacheDir: modelCacheOf(settings),
    languages: settings.embeddingLanguages,
  })
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
  {onChange, ...found}: Pick<RetrieverOptions, 'current' | 'embedder'> & Pick<OpenCurrentBuild, 'onChange'>,
): Promise<Retriever & DocsSearch> {
  const {createRetriever, prepareTyping} = await import('./retrieval/index.ts')
  const prepare = () => {
    // Nobody waits for it, and a search that needs the names reads them itself and says what is wrong.
    prepareTyping(found.current).catch(() => undefined)
  }
  prepare()
  onChange(prepare)
  return createRetriever({
    ...found,
    siteUrl: settings.siteUrl,
    ...(await rewriterOf(settings)),
    onNote: (note) => log.info({note}, 'retrieval'),
  })
}

function redactorOf({transcriptsRedact: kinds, transcriptsRedactPatterns: patterns}: Settings): Redactor {
  return createRedactor({kinds, patterns})
}

function transcriptsOf(
  {settings, log, transcriptsFile, onRedacted}: AssistantOptions,
  redactor: Redactor,
): Transcripts {
  return openTranscripts({
    file: transcriptsFile ?? join(settings.dataDir, 'transcripts.sqlite'),
    mode: settings.transcripts,
    redactor,
    ...(onRedacted === undefined ? {} : {onRedacted}),
    retentionDays: settings.retentionDays,
    maxBytes: settings.transcriptsMaxMb * 1024 * 1024,
    onDegraded: (reason) => {
      if (reason === null) log.info({}, 'transcripts can be written again')
      else log.error({reason}, 'transcripts cannot be written; answers are not affected')
    },
    onErased: (isErased) => {
      if (isErased) log.info({}, 'removed data has been erased from the transcripts file')
      else
        log.warn(
          {},
          'another process is reading the transcripts: removed data is erased from the file when it has finished',
        )
    },
    onCatalogProblem: (reason) => {
      if (reason === null) log.info({}, 'the catalog of transcripts can be written again')
      else log.error({reason}, 'the catalog of transcripts cannot be written: lists and searches lag behind')
    },
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read the transcripts'),
    onFull: () =>
      log.warn(
        {},
        'the transcripts have reached TRANSCRIPTS_MAX_MB; the oldest answers are removed from now on',
      ),
  })
}

function staffOf({settings, log}: ServerOptions): StaffStore {
  return openStaffStore({
    file: join(settings.dataDir, 'staff.sqlite'),
    auditDays: settings.auditDays,
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read who is on the staff'),
    onProblem: (err) => log.error({err}, 'old lines of the audit log cannot be removed'),
  })
}

function verifiedOf({settings, log}: AssistantOptions): VerifiedAnswers {
  return openVerifiedAnswers({
    file: join(settings.dataDir, 'verified.sqlite'),
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read the verified answers'),
  })
}

/** Ingests the content folder in a child process. */
function spawnContentIngest(
  settings: Settings,
  {full, force = false}: {readonly full: boolean; readonly force?: boolean},
): SpawnedIngest {
  return spawnIngest({
    content: settings.sources,
    gitTokens: settings.gitTokens,
    dataDir: settings.dataDir,
    embeddingModel: settings.embeddingModel,
    modelCacheDir: modelCacheOf(settings),
    full,
    force,
    maxShrinkPercent: settings.maxShrinkPercent,
    keepBuilds: settings.keepBuilds,
  })
}

export interface DocentServer extends Assistant {
  readonly http: HttpServer
  /** From now on asks the repositories of `CONTENT_DIR` for changes, if `CONTENT_POLL_MINUTES` says how often. */
  startPolling(): void
}

/** More than are kept. */
const maxFolders = 100

/** Opens the whole server. `cli/serve` adds signals and terminal output; tests start several. */
export async function openServer(given: ServerOptions): Promise<DocentServer> {
  const {settings, webDir, withProcessMetrics = false} = given
  const log = redactedLog(given.log, redactorOf(settings))
  const options = {...given, log}
  const metrics = createMetrics({
    activeAnswers: () => assistant.answering.active,
    journalHealth: () => assistant.transcripts.health(),
    openGaps: async () => (await gapStore.counts({scope: 'here'})).open,
    withProcessMetrics,
  })
  const reports = reportsOf(options, metrics.notified)
  const gapStore = gapStoreOf(options)
  const staffStore = options.parts?.staff ?? staffOf(options)
  const closeStores = () => {
    if (options.parts?.staff === undefined) staffStore.close()
    gapStore.close()
  }
  const assistant = await openAssistant({
    ...options,
    onEnd(summary) {
      metrics.answerEnded(summary)
      reports?.answerEnded(summary)
    },
    onResumed: metrics.resumed,
    onRedacted: metrics.redacted,
  }).catch(async (error: unknown) => {
    closeStores()
    await reports?.close()
    throw error
  })
  reports?.crashCutOff(assistant.transcripts.recovered)
  const usable = buildFor(assistant.embedder, assistant.current)
  const starting =
    options.parts?.retriever === undefined ? await startingQuestionsOf(assistant, usable, settings) : null
  const ingests = new Set<SpawnedIngest>()
  const builds = buildsOf(options)
  const folderOf = foldersOf(builds)
  const explainer = searchExplainer(options, assistant, folderOf)
  const gaps = gapsOf(options, {
    ...{assistant, store: gapStore, usable, folderOf},
    onGrouped: async () => reports?.gapsGrouped(gapStore),
  })
  const withGaps =
    gaps.keeper === null ? assistant.transcripts : withGapsForgotten(assistant.transcripts, gaps.keeper)
  const transcripts = reports === null ? withGaps : reports.ofDislikes(withGaps)
  const http = createHttpServer({
    // What an application's own transcripts keep is not known.
    options: options.parts?.transcripts === undefined ? settings : {...settings, transcripts: null},
    answering: assistant.answering,
    generator: assistant.generator.name,
    transcripts,
    gaps: gaps.service,
    exportRedactor: createRedactor({patterns: settings.transcriptsRedactPatterns}),
    staffStore,
    verified: assistant.verified,
    golden: openGoldenQuestions({
      file: join(settings.dataDir, staffQuestionFile),
      redactor: redactorOf(settings),
    }),
    search: assistant.retriever,
    ...(starting === null ? {} : {foundQuestions: () => starting.of(usable.id)}),
    current: usable,
    builds: {
      list: () => builds.list(),
      async activate(id) {
        await activateBuild(builds, id)
        await assistant.current.refresh()
      },
      report: (id) => builds.report(id),
      folder: folderOf,
    },
    explain: explainer.explain,
    startIngest(given) {
      const ingest = assistant.ingest(given)
      ingests.add(ingest)
      const forget = () => ingests.delete(ingest)
      ingest.report.then(forget, forget)
      const report = ingest.report.then((done) => gaps.reported(done))
      report.catch(() => undefined)
      return {...ingest, report}
    },
    sourceProblems: () => assistant.sourceProblems(),
    isPushForDocs: (event) => isPushFor(settings.sources, event),
    limitStore: options.parts?.limitStore ?? memoryLimits(),
    journalHealth: () => assistant.transcripts.health(),
    secret: secretOf(settings, log),
    webDir,
    log,
    metrics,
  })

  const polling = new AbortController()
  return {
    ...assistant,
    http,
    startPolling() {
      if (settings.contentPollMinutes === 0) return
      poll(settings, {assistant, http, log, signal: polling.signal}).catch((err: unknown) =>
        log.error({err}, 'repositories are no longer asked for changes'),
      )
    },
    async close(graceMs) {
      polling.abort()
      starting?.close()
      explainer.close()
      http.drain()
      for (const ingest of ingests) ingest.kill()
      await gaps.keeper?.close()
      await assistant.answering.shutdown(graceMs)
      await http.close()
      closeStores()
      await reports?.close()
      await assistant.close(0)
    },
  }
}

/** Reports to other programs what happens; null where the settings name none. */
function reportsOf(
  {settings, log}: ServerOptions,
  onResult: (result: string, count: number) => void,
): Reports | null {
  const {notifyUrls: urls, notifySecret: secret, notifyEvents: events, publicUrl} = settings
  if (urls.length === 0 || secret === null) return null
  const outbox = openOutbox({
    file: join(settings.dataDir, 'webhooks.sqlite'),
    receivers: urls.map(receiverOf),
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read which webhooks wait'),
  })
  const onProblem = (err: unknown) =>
    log.warn({err}, 'a webhook cannot be delivered; it is tried again, and answers are not affected')
  return createReports(openNotifier({outbox, urls, secret, events, onResult, onProblem}), publicUrl)
}

interface ServerGaps {
  /** Null where questions cannot be grouped. */
  readonly keeper: GapKeeper | null
  readonly service: GapsService
  /** The report of an ingest, with the gaps that its build closed. */
  reported(report: IngestReport): Promise<IngestReport>
}

interface GapParts {
  readonly store: Gaps
  readonly assistant: Assistant
  readonly usable: CurrentBuild
  readonly folderOf: (id: string) => Promise<string>
  readonly onGrouped: () => Promise<void>
}

/** So long the report of an ingest waits for what it closed. */
const closedWithinMs = 30_000

const gapsFile = 'gaps.sqlite'

function gapStoreOf({settings, log}: ServerOptions): Gaps {
  return openGaps({
    file: join(settings.dataDir, gapsFile),
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read the gaps'),
  })
}

/** What the docs fail to answer: grouped at start if due, every hour, and when another build is served. */
function gapsOf(
  {settings, log, parts = {}}: ServerOptions,
  {store, assistant: {transcripts, current}, usable, folderOf, onGrouped}: GapParts,
): ServerGaps {
  const canGroup = parts.transcripts === undefined && parts.embedder === undefined
  const keeper = canGroup
    ? openGapKeeper({
        store,
        file: join(settings.dataDir, gapsFile),
        transcripts: join(settings.dataDir, 'transcripts.sqlite'),
        model: {
          model: settings.embeddingModel,
          cacheDir: modelCacheOf(settings),
          languages: settings.embeddingLanguages,
        },
        siteUrl: settings.siteUrl,
        // Without its files, as those of an application's own index, questions are grouped all the same.
        build: async () => (usable.id === null ? null : folderOf(usable.id).catch(() => null)),
        onGrouped,
        onProblem: (err) => log.error({err}, 'questions that the docs fail to answer cannot be grouped'),
      })
    : null
  current.onChange(({problem}) => {
    if (problem === null) keeper?.group()
  })
  const service: GapsService = {
    store,
    get isPending() {
      return keeper?.isPending ?? false
    },
    reason: whyNotGrouped(settings, canGroup),
    group: () => keeper?.group(),
  }
  return {
    keeper,
    service,
    async reported(report) {
      if (keeper === null || report.outcome !== 'published' || report.build === null) return report
      try {
        await keeper.settled(closedWithinMs)
        return {...report, gapsClosed: await closedGaps(store, transcripts, report.build)}
      } catch (err) {
        log.error({err}, 'it is not known which gaps a build has closed')
        return report
      }
    },
  }
}

function whyNotGrouped({transcripts}: Settings, canGroup: boolean): string | null {
  if (transcripts !== 'full')
    return `TRANSCRIPTS=${transcripts} keeps no question, so that there is nothing to group. Set TRANSCRIPTS=full to see what the docs fail to answer.`
  return canGroup
    ? null
    : 'This server has transcripts or an embedding model of its own: it groups no questions.'
}

/** Where builds are on this machine. Each is verified once: it never changes. @throws DocentError `conflict`. */
function foldersOf(builds: BuildStore): (id: string) => Promise<string> {
  const folders = new TwoGenerationCache<string, string>(maxFolders)
  return async (id) => {
    const known = folders.get(id)
    if (known !== undefined) return known
    const base = await builds.openBase(id)
    if (base === null) throw new DocentError('conflict', `Build ${id} is damaged; ingest again.`)
    base.records.close()
    folders.set(id, base.folder)
    return base.folder
  }
}

/** What each stage of a search makes of a question, and how much of its sources a model would be sent. */
function searchExplainer(
  {settings, parts = {}}: ServerOptions,
  {retriever, current}: Assistant,
  folderOf: (id: string) => Promise<string>,
) {
  let others: BuildExplainer | null = null

  async function explanationOf({build, ...query}: ExplainQuery, signal: AbortSignal): Promise<Explanation> {
    if (!('explain' in retriever))
      throw new DocentError('conflict', 'This server searches by a part of its own, which explains nothing.')
    if (build === null || build === current.id) return (retriever as ExplainedSearch).explain(query, {signal})
    if (parts.embedder !== undefined)
      throw new DocentError(
        'conflict',
        'With an embedder of its own, this server searches only the build that it serves.',
      )
    const {openBuildExplainer} = await import('./retrieval/index.ts')
    others ??= openBuildExplainer({
      model: settings.embeddingModel,
      cacheDir: modelCacheOf(settings),
      languages: settings.embeddingLanguages,
    })
    return others.explain({folder: await folderOf(build), siteUrl: settings.siteUrl, query}, signal)
  }

  return {
    async explain(query: ExplainQuery, signal: AbortSignal): Promise<object> {
      const {sources, ...explanation} = await explanationOf(query, signal)
      const {promptShares} = await import('./generation/index.ts')
      return {...explanation, sources: promptShares(query.text, sources)}
    },
    close: () => others?.close(),
  }
}

/** Questions to suggest, found for each build that is served; null where the settings name some. */
async function startingQuestionsOf(
  {retriever, current, answering}: Assistant,
  usable: CurrentBuild,
  {assistantSuggestions}: Settings,
): Promise<StartingQuestions | null> {
  if (assistantSuggestions.length > 0) return null
  const {createStartingQuestions} = await import('./retrieval/index.ts')
  const starting = createStartingQuestions({current: usable, retriever, isBusy: () => answering.active > 0})
  void starting.prepare()
  current.onChange(() => void starting.prepare())
  return starting
}

interface PollParts {
  readonly assistant: Assistant
  readonly http: HttpServer
  readonly log: Log
  readonly signal: AbortSignal
}

/** Asks the repositories for changes until the signal aborts, and ingests through the same queue as staff and webhooks. */
function poll(settings: Settings, {assistant, http, log, signal}: PollParts): Promise<void> {
  const {sources, gitTokens, contentPollMinutes: minutes} = settings
  const repositories = sources.filter((source) => source.kind === 'repository')
  const indexed = assistant.current.id === null ? [] : withBuild(assistant.current, sourcesIn)
  return pollRepositories({
    sources: repositories,
    access: gitAccess(gitTokens),
    minutes,
    signal,
    indexed: ({name}) => indexed.find((one) => one.name === name)?.commit ?? null,
    async reindex() {
      const reported = await http.reindex().catch((error: unknown) => {
        // The commit was read, and somebody has to look at it: trying again would end in the same way.
        if (error instanceof DocentError && error.code === 'gate_failed') return null
        throw error
      })
      const behind = (reported as IngestReport | null)?.sources.filter(({problem}) => problem !== null) ?? []
      return repositories.filter(({name}) => behind.some((one) => one.name === name))
    },
    onProblem: (problem) => log.warn({problem}, 'a repository cannot be asked for changes'),
  })
}

function sourcesIn({manifest}: ReturnType<CurrentBuild['lease']>['build']): readonly SourceSummary[] {
  return manifest.summary?.sources ?? []
}

/**
 * The current build if its vectors were made by this model. Vectors of different models cannot be compared, so otherwise
 * there is no index.
 */
function buildFor(embedder: Embedder, current: CurrentBuild): CurrentBuild {
  function lease() {
    const lease = current.lease()
    const model = lease.build.manifest.embedding
    if (model.id === embedder.id) return lease
    lease.release()
    throw new DocentError(
      'not_ready',
      `The index was built with the model ${model.name}; run ${howToRun('ingest')}.`,
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
        // Built with another model.
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

/** Claude rewrites follow-up questions if that is turned on and Claude is available. */
async function rewriterOf(settings: Settings): Promise<Pick<RetrieverOptions, 'rewriter'>> {
  const {rewriteFollowUps, generator, anthropicApiKey: apiKey} = settings
  if (!rewriteFollowUps || generator === 'extractive' || apiKey === null) return {}
  const {anthropicBaseUrl: baseUrl, anthropicModel: model} = settings
  const {anthropicQuestionRewriter} = await import('./generation/index.ts')
  return {rewriter: anthropicQuestionRewriter({apiKey, baseUrl, model})}
}

/** Stored as long as data made with it is: without transcripts, the secret need not outlive the process either. */
function secretOf({dataDir, transcripts}: Settings, log: Log): Buffer {
  if (transcripts === 'off') return randomBytes(32)
  return installationSecret(join(dataDir, 'secret'), (reason) =>
    log.warn({reason}, 'the secret cannot be stored: idempotency keys will not survive a restart'),
  )
}

/** Where models from the hub are stored. */
function modelCacheOf(settings: Settings): string {
  return join(settings.dataDir, 'models')
}
