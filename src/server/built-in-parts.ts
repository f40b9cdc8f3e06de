import type {Embedder} from '../embedding/index.ts'
import type {ChosenGenerator} from '../generation/index.ts'
import {type SpawnedIngest, spawnIngest} from '../ingestion/index.ts'
import type {DocsSearch, Retriever, RetrieverOptions} from '../retrieval/index.ts'
import type {OpenCurrentBuild} from '../search-index/index.ts'
import {buildsDatabaseOf, type Settings} from '../settings/index.ts'
import {embeddingModelOf, modelCacheOf} from './embedding-model.ts'
import type {AssistantOptions} from './options.ts'
import type {IngestRequest} from './parts.ts'

export async function embedderOf(settings: Settings): Promise<Embedder> {
  const {openEmbedder} = await import('../embedding/index.ts')
  return openEmbedder(embeddingModelOf(settings))
}

export async function generatorOf({
  settings,
  log,
  extractPaceMs,
}: AssistantOptions): Promise<ChosenGenerator> {
  const {createGenerator} = await import('../generation/index.ts')
  return createGenerator(settings, {
    onNote: (note) => log.info({note}, 'generation'),
    onWarning: (note) => log.warn({note}, 'generation'),
    ...(extractPaceMs === undefined ? {} : {extractPaceMs}),
  })
}

export async function retrieverOf(
  {settings, log}: AssistantOptions,
  {onChange, ...found}: Pick<RetrieverOptions, 'current' | 'embedder'> & Pick<OpenCurrentBuild, 'onChange'>,
): Promise<Retriever & DocsSearch> {
  const {createRetriever, prepareTyping} = await import('../retrieval/index.ts')
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

/** Claude rewrites follow-up questions if that is turned on and Claude is available. */
async function rewriterOf(settings: Settings): Promise<Pick<RetrieverOptions, 'rewriter'>> {
  const {rewriteFollowUps, generator, anthropicApiKey: apiKey} = settings
  const {anthropicBaseUrl: baseUrl, anthropicModel: model} = settings
  const hasModel = apiKey !== null || baseUrl !== null
  if (!rewriteFollowUps || generator === 'extractive' || !hasModel) return {}
  const {anthropicQuestionRewriter} = await import('../generation/index.ts')
  return {rewriter: await anthropicQuestionRewriter({apiKey, baseUrl, model})}
}

/** Ingests the content folder in a child process. */
export function spawnContentIngest(settings: Settings, {full, force = false}: IngestRequest): SpawnedIngest {
  return spawnIngest({
    content: settings.sources,
    gitTokens: settings.gitTokens,
    dataDir: settings.dataDir,
    database: buildsDatabaseOf(settings),
    embeddingModel: settings.embeddingModel,
    modelCacheDir: modelCacheOf(settings),
    full,
    force,
    maxShrinkPercent: settings.maxShrinkPercent,
    keepBuilds: settings.keepBuilds,
  })
}
