import {InferenceSession, Tensor} from 'onnxruntime-node'
import {encodeGraph, floatTensor, type Graph, int64Tensor} from './onnx.ts'

/** InfoNCE over a batch, with its gradients, computed by ONNX Runtime. */
export interface ContrastiveLoss {
  /**
   * Row i of `queries` belongs to row i of `passages`; every other passage of the batch is a negative for it, and
   * vice versa. `mask` is added to the similarities: a large negative number excludes a pair.
   * Returns the mean loss and its gradient with respect to each vector before normalisation.
   */
  compute(batch: {
    readonly queries: Float32Array
    readonly passages: Float32Array
    readonly mask: Float32Array
  }): Promise<{
    readonly loss: number
    readonly queryGradients: Float32Array
    readonly passageGradients: Float32Array
  }>
  close(): Promise<void>
}

/** Similarity is the cosine divided by `temperature`; `threads` is the number of threads of ONNX Runtime. */
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
    async compute({queries, passages, mask}) {
      const result = await session.run({
        queries: new Tensor('float32', queries, [rows, dimensions]),
        passages: new Tensor('float32', passages, [rows, dimensions]),
        mask: new Tensor('float32', mask, [rows, rows]),
      })
      return {
        loss: (result['loss']!.data as Float32Array)[0]!,
        queryGradients: result['queryGradients']!.data as Float32Array,
        passageGradients: result['passageGradients']!.data as Float32Array,
      }
    },
    close: () => session.release(),
  }
}

/**
 * S = Q̂ P̂ᵀ / τ + mask; loss = the mean of both directions' cross-entropy with the diagonal.
 * dS = (softmax over rows + softmax over columns - 2 I) / 2B; dQ̂ = dS P̂ / τ; dP̂ = dSᵀ Q̂ / τ; and through the
 * normalisation of x to x̂: dx = (dx̂ - x̂ (x̂·dx̂)) / |x|.
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
  const gradients = (name: string, unitGradients: string, output: string): Graph['nodes'] => [
    {op: 'Mul', inputs: [unitGradients, `${name}Unit`], outputs: [`${name}Products`]},
    {
      op: 'ReduceSum',
      inputs: [`${name}Products`, 'lastAxis'],
      outputs: [`${name}Parallel`],
      attributes: {keepdims: 1},
    },
    {op: 'Mul', inputs: [`${name}Unit`, `${name}Parallel`], outputs: [`${name}ParallelPart`]},
    {op: 'Sub', inputs: [unitGradients, `${name}ParallelPart`], outputs: [`${name}Tangential`]},
    {op: 'Div', inputs: [`${name}Tangential`, `${name}Length`], outputs: [output]},
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
      {name: 'queryGradients', type: 'float', dims: [rows, dimensions]},
      {name: 'passageGradients', type: 'float', dims: [rows, dimensions]},
    ],
    constants: [
      int64Tensor('lastAxis', [1], [1]),
      floatTensor('tiny', [1e-12], [1]),
      floatTensor('inverseTemperature', [1 / temperature], [1]),
      floatTensor('identity', identity, [rows, rows]),
      floatTensor('two', [2], [1]),
      floatTensor('gradientScale', [1 / (2 * rows * temperature)], [1]),
      floatTensor('lossScale', [-1 / (2 * rows)], [1]),
    ],
    nodes: [
      ...unit('queries'),
      ...unit('passages'),
      {
        op: 'Transpose',
        inputs: ['passagesUnit'],
        outputs: ['passagesTransposed'],
        attributes: {perm: [1, 0]},
      },
      {op: 'MatMul', inputs: ['queriesUnit', 'passagesTransposed'], outputs: ['cosines']},
      {op: 'Mul', inputs: ['cosines', 'inverseTemperature'], outputs: ['scaledCosines']},
      {op: 'Add', inputs: ['scaledCosines', 'mask'], outputs: ['similarities']},
      {op: 'LogSoftmax', inputs: ['similarities'], outputs: ['rowLogs'], attributes: {axis: 1}},
      {op: 'LogSoftmax', inputs: ['similarities'], outputs: ['columnLogs'], attributes: {axis: 0}},
      {op: 'Add', inputs: ['rowLogs', 'columnLogs'], outputs: ['bothLogs']},
      {op: 'Mul', inputs: ['bothLogs', 'identity'], outputs: ['diagonalLogs']},
      {op: 'ReduceSum', inputs: ['diagonalLogs'], outputs: ['diagonalSum'], attributes: {keepdims: 0}},
      {op: 'Mul', inputs: ['diagonalSum', 'lossScale'], outputs: ['loss']},
      {op: 'Exp', inputs: ['rowLogs'], outputs: ['rowSoftmax']},
      {op: 'Exp', inputs: ['columnLogs'], outputs: ['columnSoftmax']},
      {op: 'Add', inputs: ['rowSoftmax', 'columnSoftmax'], outputs: ['softmaxSum']},
      {op: 'Mul', inputs: ['identity', 'two'], outputs: ['twoIdentity']},
      {op: 'Sub', inputs: ['softmaxSum', 'twoIdentity'], outputs: ['excess']},
      {op: 'Mul', inputs: ['excess', 'gradientScale'], outputs: ['similarityGradients']},
      {op: 'MatMul', inputs: ['similarityGradients', 'passagesUnit'], outputs: ['queryUnitGradients']},
      {
        op: 'Transpose',
        inputs: ['similarityGradients'],
        outputs: ['similarityGradientsTransposed'],
        attributes: {perm: [1, 0]},
      },
      {
        op: 'MatMul',
        inputs: ['similarityGradientsTransposed', 'queriesUnit'],
        outputs: ['passageUnitGradients'],
      },
      ...gradients('queries', 'queryUnitGradients', 'queryGradients'),
      ...gradients('passages', 'passageUnitGradients', 'passageGradients'),
    ],
  }
}
