import {InferenceSession, Tensor} from 'onnxruntime-node'
import {encodeGraph, floatTensor, type Graph, int64Tensor} from './onnx.ts'

/** InfoNCE over a batch, with its gradients, computed by ONNX Runtime. */
export interface ContrastiveLoss {
  /**
   * Row i of `queries` belongs to row i of `passages`; every other passage of the batch is a wrong answer, and
   * the other way round. `mask` is added to the similarities: a large negative number takes a pair out.
   * Returns the mean loss and its slope for each vector as it was before normalising.
   */
  of(batch: {
    readonly queries: Float32Array
    readonly passages: Float32Array
    readonly mask: Float32Array
  }): Promise<{
    readonly loss: number
    readonly querySlopes: Float32Array
    readonly passageSlopes: Float32Array
  }>
  close(): Promise<void>
}

/** Similarity is cosine divided by `temperature`; `threads` are those of ONNX Runtime. */
export async function openContrastiveLoss(options: {
  readonly rows: number
  readonly dimensions: number
  readonly temperature: number
  readonly threads: number
}): Promise<ContrastiveLoss> {
  const {rows, dimensions} = options
  const session = await InferenceSession.create(
    encodeGraph(lossGraph(rows, dimensions, options.temperature)),
    {
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
    },
  )
  return {
    async of({queries, passages, mask}) {
      const result = await session.run({
        queries: new Tensor('float32', queries, [rows, dimensions]),
        passages: new Tensor('float32', passages, [rows, dimensions]),
        mask: new Tensor('float32', mask, [rows, rows]),
      })
      return {
        loss: (result['loss']!.data as Float32Array)[0]!,
        querySlopes: result['querySlopes']!.data as Float32Array,
        passageSlopes: result['passageSlopes']!.data as Float32Array,
      }
    },
    close: () => session.release(),
  }
}

/**
 * S = Q̂ P̂ᵀ / τ + mask; loss = the mean of both directions' cross-entropy with the diagonal.
 * dS = (softmax over rows + softmax over columns - 2 I) / 2B; dQ̂ = dS P̂ / τ; dP̂ = dSᵀ Q̂ / τ; and through the
 * normalising of x to x̂: dx = (dx̂ - x̂ (x̂·dx̂)) / |x|.
 */
function lossGraph(rows: number, dimensions: number, temperature: number): Graph {
  const identity = new Float32Array(rows * rows)
  for (let row = 0; row < rows; row++) identity[row * rows + row] = 1
  const unit = (name: string): Graph['nodes'] => [
    {op: 'Mul', inputs: [name, name], outputs: [`${name}Squares`]},
    {
      op: 'ReduceSum',
      inputs: [`${name}Squares`, 'lastAxis'],
      outputs: [`${name}Sum`],
      attributes: {keepdims: 1},
    },
    {op: 'Add', inputs: [`${name}Sum`, 'tiny'], outputs: [`${name}SumSafe`]},
    {op: 'Sqrt', inputs: [`${name}SumSafe`], outputs: [`${name}Length`]},
    {op: 'Div', inputs: [name, `${name}Length`], outputs: [`${name}Unit`]},
  ]
  const slopes = (name: string, unitSlopes: string, output: string): Graph['nodes'] => [
    {op: 'Mul', inputs: [unitSlopes, `${name}Unit`], outputs: [`${name}Products`]},
    {
      op: 'ReduceSum',
      inputs: [`${name}Products`, 'lastAxis'],
      outputs: [`${name}Along`],
      attributes: {keepdims: 1},
    },
    {op: 'Mul', inputs: [`${name}Unit`, `${name}Along`], outputs: [`${name}AlongPart`]},
    {op: 'Sub', inputs: [unitSlopes, `${name}AlongPart`], outputs: [`${name}Across`]},
    {op: 'Div', inputs: [`${name}Across`, `${name}Length`], outputs: [output]},
  ]
  return {
    name: 'contrastive-loss',
    inputs: [
      {name: 'queries', type: 'float', dims: [rows, dimensions]},
      {name: 'passages', type: 'float', dims: [rows, dimensions]},
      {name: 'mask', type: 'float', dims: [rows, rows]},
    ],
    outputs: [
      {name: 'loss', type: 'float', dims: [1]},
      {name: 'querySlopes', type: 'float', dims: [rows, dimensions]},
      {name: 'passageSlopes', type: 'float', dims: [rows, dimensions]},
    ],
    constants: [
      int64Tensor('lastAxis', [1], [1]),
      floatTensor('tiny', [1e-12], [1]),
      floatTensor('sharpness', [1 / temperature], [1]),
      floatTensor('identity', identity, [rows, rows]),
      floatTensor('two', [2], [1]),
      floatTensor('slopeScale', [1 / (2 * rows * temperature)], [1]),
      floatTensor('lossScale', [-1 / (2 * rows)], [1]),
    ],
    nodes: [
      ...unit('queries'),
      ...unit('passages'),
      {op: 'Transpose', inputs: ['passagesUnit'], outputs: ['passagesTurned'], attributes: {perm: [1, 0]}},
      {op: 'MatMul', inputs: ['queriesUnit', 'passagesTurned'], outputs: ['cosines']},
      {op: 'Mul', inputs: ['cosines', 'sharpness'], outputs: ['sharpCosines']},
      {op: 'Add', inputs: ['sharpCosines', 'mask'], outputs: ['similarities']},
      {op: 'LogSoftmax', inputs: ['similarities'], outputs: ['rowLogs'], attributes: {axis: 1}},
      {op: 'LogSoftmax', inputs: ['similarities'], outputs: ['columnLogs'], attributes: {axis: 0}},
      {op: 'Add', inputs: ['rowLogs', 'columnLogs'], outputs: ['bothLogs']},
      {op: 'Mul', inputs: ['bothLogs', 'identity'], outputs: ['rightLogs']},
      {op: 'ReduceSum', inputs: ['rightLogs'], outputs: ['rightSum'], attributes: {keepdims: 0}},
      {op: 'Mul', inputs: ['rightSum', 'lossScale'], outputs: ['loss']},
      {op: 'Exp', inputs: ['rowLogs'], outputs: ['rowShares']},
      {op: 'Exp', inputs: ['columnLogs'], outputs: ['columnShares']},
      {op: 'Add', inputs: ['rowShares', 'columnShares'], outputs: ['shares']},
      {op: 'Mul', inputs: ['identity', 'two'], outputs: ['twoIdentity']},
      {op: 'Sub', inputs: ['shares', 'twoIdentity'], outputs: ['excess']},
      {op: 'Mul', inputs: ['excess', 'slopeScale'], outputs: ['similaritySlopes']},
      {op: 'MatMul', inputs: ['similaritySlopes', 'passagesUnit'], outputs: ['queryUnitSlopes']},
      {op: 'Transpose', inputs: ['similaritySlopes'], outputs: ['turnedSlopes'], attributes: {perm: [1, 0]}},
      {op: 'MatMul', inputs: ['turnedSlopes', 'queriesUnit'], outputs: ['passageUnitSlopes']},
      ...slopes('queries', 'queryUnitSlopes', 'querySlopes'),
      ...slopes('passages', 'passageUnitSlopes', 'passageSlopes'),
    ],
  }
}
