import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {encodeGraph, floatTensor, type Graph} from '../../tools/train-embedder/onnx.ts'
import {tokenizerFilesOf} from '../../tools/train-embedder/word-pieces.ts'

/** Each word of the tiny models has an axis of its own, so that a vector can be read. */
export const tinyVocabulary = ['[PAD]', '[UNK]', 'cats', 'dogs', 'query', 'passage', ':', 'birds'] as const

/** A model with one state a token and nothing pooled, as models with attention have. */
export function writeTinyModel(
  folder: string,
  options: {
    readonly files?: Readonly<Record<string, unknown>>
    readonly maxLength?: number
    readonly output?: string
    readonly weights?: string
  } = {},
): void {
  const size = tinyVocabulary.length
  const identity = new Float32Array(size * size)
  for (let row = 0; row < size; row++) identity[row * size + row] = 1
  const output = options.output ?? 'last_hidden_state'
  const graph: Graph = {
    name: 'tiny',
    inputs: [
      {name: 'input_ids', type: 'int64', dims: ['batch', 'sequence']},
      {name: 'attention_mask', type: 'int64', dims: ['batch', 'sequence']},
    ],
    outputs: [{name: output, type: 'float', dims: ['batch', 'sequence', size]}],
    constants: [floatTensor('table', identity, [size, size])],
    nodes: [{op: 'Gather', inputs: ['table', 'input_ids'], outputs: [output], attributes: {axis: 0}}],
  }
  const {tokenizer, tokenizerConfig} = tokenizerFilesOf(tinyVocabulary, options.maxLength ?? 512)
  const files: Record<string, unknown> = {
    'config.json': {model_type: 'bert', hidden_size: size, vocab_size: size},
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': tokenizerConfig,
    ...options.files,
  }
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), {recursive: true})
    writeFileSync(join(folder, name), JSON.stringify(content))
  }
  mkdirSync(join(folder, 'onnx'), {recursive: true})
  writeFileSync(join(folder, 'onnx', options.weights ?? 'model.onnx'), encodeGraph(graph))
}

/** The words a tiny model's vector is made of, with their shares. */
export function wordsIn(vector: Float32Array): Record<string, number> {
  return Object.fromEntries(
    [...vector].flatMap((value, at) =>
      value === 0 ? [] : [[tinyVocabulary[at]!, Number(value.toFixed(2))]],
    ),
  )
}
