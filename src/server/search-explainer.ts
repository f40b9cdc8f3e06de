import {DocentError} from '../domain/index.ts'
import type {ExplainQuery} from '../http/index.ts'
import type {BuildExplainer, ExplainedSearch, Explanation} from '../retrieval/index.ts'
import type {Assistant} from './assistant.ts'
import {embeddingModelOf} from './embedding-model.ts'
import type {ServerOptions} from './options.ts'

/** What each stage of a search makes of a question, and how much of its sources a model would be sent. */
export function searchExplainer(
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
    const {openBuildExplainer} = await import('../retrieval/index.ts')
    others ??= openBuildExplainer(embeddingModelOf(settings))
    return others.explain({folder: await folderOf(build), siteUrl: settings.siteUrl, query}, signal)
  }

  return {
    async explain(query: ExplainQuery, signal: AbortSignal): Promise<object> {
      const {sources, ...explanation} = await explanationOf(query, signal)
      const {promptShares} = await import('../generation/index.ts')
      return {...explanation, sources: promptShares(query.text, sources)}
    },
    close: () => others?.close(),
  }
}
