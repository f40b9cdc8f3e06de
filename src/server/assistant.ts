import {type Answering, createAnswering} from '../answering/index.ts'
import {refOf} from '../answers/index.ts'
import type {Embedder} from '../embedding/index.ts'
import type {ChosenGenerator} from '../generation/index.ts'
import type {SpawnedIngest} from '../ingestion/index.ts'
import {makePrivateFolder} from '../native/index.ts'
import type {DocsSearch, Retriever} from '../retrieval/index.ts'
import {type BuildStore, type OpenCurrentBuild, openCurrentBuild} from '../search-index/index.ts'
import type {Transcripts} from '../transcripts/index.ts'
import {findPlaceIn, type VerifiedAnswers, withVerifiedAnswers} from '../verified/index.ts'
import {embedderOf, generatorOf, retrieverOf, spawnContentIngest} from './built-in-parts.ts'
import type {AssistantOptions} from './options.ts'
import type {IngestRequest} from './parts.ts'
import {redactorOf} from './redactor.ts'
import {buildsOf, transcriptsOf, verifiedOf} from './stores.ts'
import {buildFor, withBuild} from './usable-build.ts'

/** Everything needed to answer questions in this process, without a network port. */
export interface Assistant {
  readonly answering: Answering
  readonly retriever: Retriever & DocsSearch
  readonly builds: BuildStore
  readonly current: OpenCurrentBuild
  readonly transcripts: Transcripts
  readonly verified: VerifiedAnswers
  readonly embedder: Embedder
  readonly generator: ChosenGenerator
  /** Why the docs must be ingested before questions can be answered; null if they need not be. */
  indexProblem(): string | null
  /**
   * Why this server cannot have the index that there is for all servers; null if it can, or there is none. It is tried again,
   * and nothing may be ingested in its place: that would be published for all.
   */
  unavailableIndex(): string | null
  /** Why sources could not be brought up to date by the last ingest, for people. */
  sourceProblems(): readonly string[]
  /** Ingests in a child process. The new build is served by the time the report resolves. */
  ingest(options: IngestRequest): SpawnedIngest
  /** Lets answers finish for `graceMs`, ends the rest, flushes and closes everything. */
  close(graceMs: number): Promise<void>
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
  const transcripts = parts.transcripts ?? (await transcriptsOf(options, redactor))
  const {recovered} = transcripts
  if (recovered.length > 0)
    log.warn({answers: recovered.length}, 'answers cut off by the last stop are marked interrupted')
  const builds = await buildsOf(options)
  const current =
    parts.current ??
    (await openCurrentBuild(builds, {
      // As in a change of the model, server after server: those that have the old one go on with its build.
      startsWithOlder: settings.databaseUrl !== null,
      accepts: ({embedding}) =>
        embedding.id === embedder.id
          ? null
          : `it was built with the model ${embedding.name}, and this server has ${embedder.name}`,
    }))
  if (current.problem !== null)
    log.error({build: current.id, problem: current.problem}, 'a build has a problem')
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
  const verified = parts.verified ?? (await verifiedOf(options))
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
    ...(transcripts.peers === undefined ? {} : {peers: transcripts.peers}),
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
    builds,
    current,
    transcripts,
    verified,
    embedder,
    generator,
    indexProblem() {
      if (current.id === null)
        return settings.databaseUrl === null ? `${dataDir} has no index` : 'the database has no index'
      return usable.id === null ? 'the index was built with another embedding model' : null
    },
    unavailableIndex: () => (settings.databaseUrl !== null && current.id === null ? current.problem : null),
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
      await builds.close()
      if (parts.transcripts === undefined) await transcripts.close()
      if (parts.verified === undefined) verified.close()
      if (parts.embedder === undefined) await embedder.close()
    },
  }
}
