import {primaryOf, undetermined} from '../text/language-tags.ts'
import type {Embedder} from './embedder.ts'
import {shippedModelName} from './model-files.ts'

interface ModelLanguages {
  readonly name: RegExp
  /** Null for about a hundred: every language that docs are written in. */
  readonly languages: readonly string[] | null
}

/** What the cards of widely used models say. The first match applies. */
const known: readonly ModelLanguages[] = [
  {name: new RegExp(`^${shippedModelName}$`), languages: ['en']},
  {
    name: /^(?!.*jina-embeddings-v2).*(?:multilingual|bge-m3|jina-embeddings-v[345]|qwen3-embedding|embeddinggemma|labse)/,
    languages: null,
  },
  {name: /arctic-embed.*v2|nomic-embed-text-v2|gte-qwen|distiluse/, languages: null},
  {name: /jina-embeddings-v2-base-de/, languages: ['de', 'en']},
  {name: /jina-embeddings-v2-base-es/, languages: ['es', 'en']},
  {name: /jina-embeddings-v2-base-zh/, languages: ['zh', 'en']},
  {name: /(?:bge|gte|stella)-.*-?zh|text2vec.*chinese|m3e-/, languages: ['zh', 'en']},
  {name: /ruri|japanese|sentence-bert-ja|-ja(?:-|$)/, languages: ['ja', 'en']},
  {name: /ko-sroberta|korean|kure-/, languages: ['ko', 'en']},
  {name: /bge-.*-en|all-minilm|all-mpnet|all-distilroberta|multi-qa-|msmarco|gtr-t5/, languages: ['en']},
  {name: /(?:^|[/_-])e5-(?:small|base|large)(?:-v2)?$|gte-(?:small|base|large)/, languages: ['en']},
  {
    name: /nomic-embed-text|modernbert|arctic-embed|mxbai-embed|uae-large|jina-embeddings-v2/,
    languages: ['en'],
  },
  {name: /potion-(?!multilingual)|granite-embedding-\d+m-english/, languages: ['en']},
]

/** The languages that a model was trained on, by its name; null for many, and for a model that is not known. */
export function languagesOfModel(name: string): readonly string[] | null {
  const lower = name.toLowerCase()
  return known.find((model) => model.name.test(lower))?.languages ?? null
}

/** Whether vectors of texts in a language (BCP 47) mean something; true for a language that is not known. */
export function knowsLanguage(
  {name, languages = languagesOfModel(name)}: Pick<Embedder, 'name' | 'languages'>,
  tag: string | null,
): boolean {
  return languages === null || tag === null || tag === undetermined || languages.includes(primaryOf(tag))
}
