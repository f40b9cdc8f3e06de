import {z} from 'zod'

/** How the states of the tokens become one vector; `none` when the model's graph does it. */
export type Pooling = 'none' | 'mean' | 'cls' | 'last' | 'max'

/** How a model was trained to be used; used otherwise, its vectors are worse. */
export interface ModelConfig {
  readonly pooling: Pooling
  readonly queryPrefix: string
  readonly passagePrefix: string
  /** In tokens; longer text is truncated. */
  readonly maxLength: number
  /** Whether layers follow after pooling, which only the model's `sentence_embedding` output includes. */
  readonly needsSentenceOutput: boolean
}

/** The files in which sentence-transformers models state how they are used. */
export const configFiles = [
  'config_sentence_transformers.json',
  'sentence_bert_config.json',
  'modules.json',
  '1_Pooling/config.json',
] as const
export type ConfigFile = (typeof configFiles)[number]

interface Family {
  readonly name: RegExp
  readonly pooling: Pooling
  readonly query: string
  readonly passage: string
}

const searchRepresentation = 'Represent this sentence for searching relevant passages: '

/** Widely used families whose ONNX conversions often lack these files. The first match applies. */
const families: readonly Family[] = [
  {
    name: /e5-.*instruct/,
    pooling: 'mean',
    query: 'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ',
    passage: '',
  },
  {name: /(^|[/_-])e5([-_]|$)/, pooling: 'mean', query: 'query: ', passage: 'passage: '},
  {name: /bge-m3/, pooling: 'cls', query: '', passage: ''},
  {name: /bge-.*-en/, pooling: 'cls', query: searchRepresentation, passage: ''},
  {name: /bge-.*-zh/, pooling: 'cls', query: '为这个句子生成表示以用于检索相关文章：', passage: ''},
  {name: /nomic-embed-text/, pooling: 'mean', query: 'search_query: ', passage: 'search_document: '},
  {name: /modernbert-embed/, pooling: 'mean', query: 'search_query: ', passage: 'search_document: '},
  {name: /gte-.*(v1\.5|modernbert)|gte-multilingual/, pooling: 'cls', query: '', passage: ''},
  {name: /arctic-embed.*v2/, pooling: 'cls', query: 'query: ', passage: ''},
  {name: /arctic-embed/, pooling: 'cls', query: searchRepresentation, passage: ''},
  {name: /mxbai-embed|uae-large/, pooling: 'cls', query: searchRepresentation, passage: ''},
  {
    name: /qwen3-embedding/,
    pooling: 'last',
    query: 'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:',
    passage: '',
  },
  {
    name: /embeddinggemma/,
    pooling: 'mean',
    query: 'task: search result | query: ',
    passage: 'title: none | text: ',
  },
]

/** In tokens. The memory of attention grows with the square of the length; passages are far shorter than this. */
const maxUsefulLength = 2048
const defaultMaxLength = 512

const sentenceTransformers = z.looseObject({
  prompts: z.record(z.string(), z.string()).nullish(),
  docent: z.looseObject({pooling: z.literal('none')}).nullish(),
})
const poolingConfig = z.looseObject({
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_mean_tokens: z.boolean().optional(),
  pooling_mode_max_tokens: z.boolean().optional(),
  pooling_mode_lasttoken: z.boolean().optional(),
})
const sentenceBert = z.looseObject({max_seq_length: z.number().nullish()})
const modules = z.array(z.looseObject({type: z.string()}))
const tokenizerLimits = z.looseObject({model_max_length: z.number().nullish()})

/**
 * Reads the configuration: from the model's own files, else from what is known of its family by name, else mean
 * pooling without prefixes.
 * @throws ZodError when a file holds values of a wrong type.
 */
export function readModelConfig(
  name: string,
  files: Readonly<Record<ConfigFile, unknown>>,
  tokenizerConfig: unknown,
): ModelConfig {
  const family = families.find((candidate) => candidate.name.test(name.toLowerCase()))
  const {prompts, docent} = sentenceTransformers.parse(files['config_sentence_transformers.json'] ?? {})
  const stages = modules.parse(files['modules.json'] ?? [])
  const limits = [
    sentenceBert.parse(files['sentence_bert_config.json'] ?? {}).max_seq_length,
    tokenizerLimits.parse(tokenizerConfig ?? {}).model_max_length,
  ].filter((limit): limit is number => typeof limit === 'number' && limit > 0 && limit < 1e6)

  return {
    pooling: docent ? 'none' : (poolingOf(files['1_Pooling/config.json']) ?? family?.pooling ?? 'mean'),
    queryPrefix:
      promptOf(prompts, ['query', 'search_query', 's2p_query', 'retrieval.query']) ?? family?.query ?? '',
    passagePrefix:
      promptOf(prompts, ['document', 'passage', 'search_document', 'corpus', 'retrieval.passage']) ??
      family?.passage ??
      '',
    maxLength: Math.min(maxUsefulLength, ...(limits.length > 0 ? limits : [defaultMaxLength])),
    needsSentenceOutput: stages.some(({type}) => /\.Dense$/.test(type)),
  }
}

function promptOf(
  prompts: Readonly<Record<string, string>> | null | undefined,
  names: readonly string[],
): string | undefined {
  const name = names.find((candidate) => prompts?.[candidate] !== undefined)
  return name === undefined ? undefined : prompts?.[name]
}

function poolingOf(file: unknown): Pooling | undefined {
  const config = poolingConfig.parse(file ?? {})
  if (config.pooling_mode_cls_token) return 'cls'
  if (config.pooling_mode_lasttoken) return 'last'
  if (config.pooling_mode_max_tokens) return 'max'
  if (config.pooling_mode_mean_tokens) return 'mean'
  return undefined
}
