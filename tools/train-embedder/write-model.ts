import {mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {modelGraph, type QuantisedTable} from './model-graph.ts'
import {encodeGraph} from './onnx.ts'
import type {TrainedTable} from './train-table.ts'
import {tokenizerFilesOf} from './word-pieces.ts'

/** In pieces; longer texts are truncated. */
const maxLength = 512

/**
 * Writes a model folder that transformers.js loads (`dtype: 'q8'`), with the configuration files of sentence-transformers,
 * so that Docent's embedder reads this model like any other.
 */
export function writeModel(folder: string, trained: TrainedTable, table: QuantisedTable): void {
  const {pieces, dimensions, countPower} = trained
  const {tokenizer, tokenizerConfig} = tokenizerFilesOf(pieces.vocabulary, maxLength)
  const json = (name: string, value: unknown, indent = 2): void =>
    writeFileSync(join(folder, name), `${JSON.stringify(value, null, indent)}\n`)

  mkdirSync(join(folder, 'onnx'), {recursive: true})
  json('config.json', {
    model_type: 'bert',
    architectures: ['DocentStaticEmbedding'],
    hidden_size: dimensions,
    vocab_size: pieces.vocabulary.length,
    max_position_embeddings: maxLength,
  })
  json('tokenizer.json', tokenizer, 0)
  json('tokenizer_config.json', tokenizerConfig)
  json('sentence_bert_config.json', {max_seq_length: maxLength, do_lower_case: true})
  json('config_sentence_transformers.json', {
    prompts: {query: '', document: ''},
    default_prompt_name: null,
    similarity_fn_name: 'cosine',
    // Docent's own key: pooling and normalisation are part of the ONNX graph.
    docent: {pooling: 'none', normalized: true},
  })
  writeFileSync(
    join(folder, 'onnx', 'model_quantized.onnx'),
    encodeGraph(modelGraph({table, dimensions, countPower})),
  )
}

/** Total size in bytes of the files in a folder and its subfolders. */
export function bytesIn(folder: string): number {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .map((file) => statSync(join(folder, file)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0)
}
