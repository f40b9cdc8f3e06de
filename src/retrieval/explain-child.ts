import {constants, setPriority} from 'node:os'
import {type ErrorCode, type SiteUrl, toDocentError} from '../domain/index.ts'
import {openEmbedder} from '../embedding/index.ts'
import {serveTasks} from '../processes/index.ts'
import {type IndexBuild, openBuild} from '../search-index/index.ts'
import {createRetriever} from './create-retriever.ts'
import type {ExplainedSearch, Explanation} from './retriever.ts'

/** The embedding model, as `openEmbedder` has it. */
export interface ExplainSetup {
  readonly model: string | null
  readonly cacheDir: string
  readonly languages: Parameters<typeof openEmbedder>[0]['languages']
}

export interface ExplainTask {
  /** Folder of the build. */
  readonly folder: string
  readonly siteUrl: SiteUrl
  readonly query: Parameters<ExplainedSearch['explain']>[0]
}

export type ExplainReply =
  | {readonly explanation: Explanation}
  | {readonly problem: {readonly code: ErrorCode; readonly message: string}}

serveTasks<ExplainSetup, ExplainTask>(async ({model, cacheDir, languages}) => {
  // If there are fewer cores than processes, answers have priority.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const embedder = await openEmbedder({model, cacheDir, ...(languages === undefined ? {} : {languages})})
  /** The build that was searched last. */
  let open: {readonly folder: string; readonly build: IndexBuild} | null = null

  async function buildIn(folder: string): Promise<IndexBuild> {
    if (open?.folder === folder) return open.build
    open?.build.close()
    open = null
    open = {folder, build: await openBuild(folder)}
    return open.build
  }

  return {
    ready: null,
    async perform({folder, siteUrl, query}): Promise<ExplainReply> {
      try {
        const build = await buildIn(folder)
        const current = {id: build.manifest.id, lease: () => ({build, release() {}})}
        return {explanation: await createRetriever({current, embedder, siteUrl}).explain(query)}
      } catch (error) {
        const {code, message} = toDocentError(error)
        return {problem: {code, message}}
      }
    },
  }
})
