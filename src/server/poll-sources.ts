import {DocentError} from '../domain/index.ts'
import type {HttpServer, Log} from '../http/index.ts'
import type {IngestReport} from '../ingestion/index.ts'
import type {CurrentBuild, SourceSummary} from '../search-index/index.ts'
import type {Settings} from '../settings/index.ts'
import {gitAccess, pollRepositories} from '../sources/index.ts'
import type {Assistant} from './assistant.ts'
import {withBuild} from './usable-build.ts'

interface PollParts {
  readonly assistant: Assistant
  readonly http: HttpServer
  readonly log: Log
  readonly signal: AbortSignal
}

/** Asks the repositories for changes until the signal aborts, and ingests through the same queue as staff and webhooks. */
export function poll(settings: Settings, {assistant, http, log, signal}: PollParts): Promise<void> {
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
