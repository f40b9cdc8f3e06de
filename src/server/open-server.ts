import {join} from 'node:path'
import {withGapsForgotten} from '../gaps/index.ts'
import {
  createHttpServer,
  createMetrics,
  endedSessionsFile,
  type HttpServer,
  postgresBoard,
  postgresEndedSessions,
  redactedLog,
} from '../http/index.ts'
import {packageVersion} from '../package/index.ts'
import {tellServedBuild} from '../search-index/index.ts'
import {isPushFor} from '../sources/index.ts'
import {type Assistant, openAssistant} from './assistant.ts'
import {buildRegistryOf} from './build-registry.ts'
import {openDatabase} from './database.ts'
import {gapsOf} from './gap-service.ts'
import {ingestsOf} from './ingests.ts'
import type {ServerOptions} from './options.ts'
import {poll} from './poll-sources.ts'
import {exportRedactorOf, redactorOf} from './redactor.ts'
import {reportsOf} from './reports.ts'
import {searchExplainer} from './search-explainer.ts'
import {startingQuestionsOf} from './starting-questions.ts'
import {gapStoreOf, goldenOf, limitsOf, secretOf, staffOf} from './stores.ts'
import {buildFor} from './usable-build.ts'

export interface DocentServer extends Assistant {
  readonly http: HttpServer
  /** From now on asks the repositories of `CONTENT_DIR` for changes, if `CONTENT_POLL_MINUTES` says how often. */
  startPolling(): void
}

/** Opens the whole server. `cli/serve` adds signals and terminal output; tests start several. */
export async function openServer(given: ServerOptions): Promise<DocentServer> {
  const {settings, webDir, withProcessMetrics = false} = given
  const log = redactedLog(given.log, redactorOf(settings))
  const options = {...given, log}
  const version = packageVersion()
  const metrics = createMetrics({
    activeAnswers: () => assistant.answering.active,
    journalHealth: () => assistant.transcripts.health(),
    server: () => ({
      name: database?.lease.name ?? '',
      version,
      build: assistant.current.id,
      problem: assistant.current.problem,
    }),
    openGaps: async () => (await gapStore.counts({scope: 'here'})).open,
    withProcessMetrics,
  })
  /** In the order in which they were opened; closed in the reverse one. */
  const closers: (() => Promise<void> | void)[] = []
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  async function opened<T>(opening: T | Promise<T>, close: (part: T) => Promise<void> | void): Promise<T> {
    try {
      const part = await opening
      closers.push(() => close(part))
      return part
    } catch (error) {
      await closeAll()
      throw error
    }
  }
  const database = await opened(openDatabase(settings, log), (one) => one?.close())
  const reports = await opened(reportsOf(options, database, metrics.notified), (one) => one?.close())
  const gapStore = await opened(gapStoreOf(options, database), (store) => store.close())
  const {staff} = options.parts ?? {}
  const staffStore = staff ?? (await opened(staffOf(options, database), (store) => store.close()))
  const limitStore =
    options.parts?.limitStore ?? (await opened(limitsOf(options, database), (store) => store.close()))
  const golden = await opened(goldenOf(options, database), () => {})
  const assistant: Assistant = await opened(
    openAssistant({
      ...options,
      database,
      onRecovered: (answers) => reports?.crashCutOff(answers),
      onEnd(summary) {
        metrics.answerEnded(summary)
        reports?.answerEnded(summary)
      },
      onResumed: metrics.resumed,
      onRedacted: metrics.redacted,
    }),
    (one) => one.close(0),
  )
  reports?.crashCutOff(assistant.transcripts.recovered)
  const usable = buildFor(assistant.embedder, assistant.current)
  const starting =
    options.parts?.retriever === undefined ? await startingQuestionsOf(assistant, usable, settings) : null
  const endedSessions =
    database === null
      ? null
      : await opened(
          postgresEndedSessions(database.postgres, join(settings.dataDir, endedSessionsFile)),
          () => {},
        )
  const board =
    database === null
      ? null
      : await opened(postgresBoard({postgres: database.postgres, replica: database.lease.name}), (one) =>
          one.close(),
        )
  const served =
    database === null
      ? null
      : await opened(tellServedBuild(database.postgres, database.lease.name, assistant.current), (one) =>
          one.close(),
        )
  const builds = buildRegistryOf(assistant.builds, assistant.current, served)
  const explainer = searchExplainer(options, assistant, builds.folder)
  const gaps = gapsOf(options, {
    ...{assistant, store: gapStore, usable, folderOf: builds.folder},
    onGrouped: async () => reports?.gapsGrouped(gapStore),
  })
  const ingests = ingestsOf(assistant, gaps)
  const withGaps =
    gaps.keeper === null ? assistant.transcripts : withGapsForgotten(assistant.transcripts, gaps.keeper)
  const transcripts = reports === null ? withGaps : reports.ofDislikes(withGaps)
  const http = createHttpServer({
    // What an application's own transcripts keep is not known.
    options: options.parts?.transcripts === undefined ? settings : {...settings, transcripts: null},
    answering: assistant.answering,
    generator: assistant.generator.name,
    model: assistant.generator.model,
    transcripts,
    gaps: gaps.service,
    exportRedactor: exportRedactorOf(settings),
    staffStore,
    ...(endedSessions === null ? {} : {endedSessions}),
    verified: assistant.verified,
    golden,
    search: assistant.retriever,
    ...(starting === null ? {} : {foundQuestions: () => starting.of(usable.id)}),
    current: usable,
    builds,
    explain: explainer.explain,
    startIngest: ingests.start,
    ...(board === null ? {} : {reindexBoard: board}),
    indexProblem: () => assistant.current.problem,
    sourceProblems: () => assistant.sourceProblems(),
    isPushForDocs: (event) => isPushFor(settings.sources, event),
    limitStore,
    journalHealth: () => assistant.transcripts.health(),
    secret: database?.secret ?? secretOf(settings, log),
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
      ingests.kill()
      await gaps.keeper?.close()
      await assistant.answering.shutdown(graceMs)
      await http.close()
      await closeAll()
    },
  }
}
