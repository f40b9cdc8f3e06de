import {bytesOf, floatTensor, type Graph, int64Tensor} from './onnx.ts'

export interface QuantisedTable {
  /** One row per piece, -127 to 127. */
  readonly values: Int8Array
  /** The factor of each row. */
  readonly scales: Float32Array
}

/** Quantises each row with its own scale: its largest absolute value becomes 127. */
export function quantise(table: Float32Array, dimensions: number): QuantisedTable {
  const rows = table.length / dimensions
  const values = new Int8Array(table.length)
  const scales = new Float32Array(rows)
  for (let row = 0; row < rows; row++) {
    const floats = table.subarray(row * dimensions, (row + 1) * dimensions)
    const largest = floats.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    if (largest === 0) continue
    scales[row] = largest / 127
    floats.forEach((value, at) => {
      values[row * dimensions + at] = Math.round((value / largest) * 127)
    })
  }
  return {values, scales}
}

/**
 * Text in, unit vector out: `input_ids` and `attention_mask` [batch, sequence] → `last_hidden_state`
 * [batch, dimensions]. A text's vector is the sum of its pieces' rows, each times its scale and, for a piece that
 * occurs n times, times n^(countPower - 1) per occurrence; then normalised. Text without known pieces gives zeros.
 * The table stays int8; only the rows of the text are converted to floats.
 */
export function modelGraph(options: {
  readonly table: QuantisedTable
  readonly dimensions: number
  readonly countPower: number
}): Graph {
  const {table, dimensions, countPower} = options
  const pieces = table.scales.length
  const counted: Graph['nodes'] =
    countPower === 1
      ? [{op: 'Identity', inputs: ['maskedScales'], outputs: ['weights']}]
      : [
          {op: 'Unsqueeze', inputs: ['input_ids', 'axis2'], outputs: ['idsDown']},
          {op: 'Unsqueeze', inputs: ['input_ids', 'axis1'], outputs: ['idsAcross']},
          {op: 'Equal', inputs: ['idsDown', 'idsAcross'], outputs: ['same']},
          {op: 'Cast', inputs: ['same'], outputs: ['sameFloats'], attributes: {to: 1}},
          {
            op: 'ReduceSum',
            inputs: ['sameFloats', 'axis2'],
            outputs: ['counts'],
            attributes: {keepdims: 0},
          },
          {op: 'Pow', inputs: ['counts', 'power'], outputs: ['countWeights']},
          {op: 'Mul', inputs: ['maskedScales', 'countWeights'], outputs: ['weights']},
        ]
  return {
    name: 'docent-embed',
    inputs: [
      {name: 'input_ids', type: 'int64', dims: ['batch', 'sequence']},
      {name: 'attention_mask', type: 'int64', dims: ['batch', 'sequence']},
    ],
    outputs: [{name: 'last_hidden_state', type: 'float', dims: ['batch', dimensions]}],
    constants: [
      {name: 'table', type: 'int8', dims: [pieces, dimensions], bytes: bytesOf(table.values)},
      floatTensor('scales', table.scales, [pieces]),
      int64Tensor('axis1', [1], [1]),
      ...(countPower === 1
        ? []
        : [int64Tensor('axis2', [2], [1]), floatTensor('power', [countPower - 1], [1])]),
      floatTensor('tiny', [1e-12], [1]),
    ],
    nodes: [
      {op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['rows'], attributes: {axis: 0}},
      {op: 'Cast', inputs: ['rows'], outputs: ['rowFloats'], attributes: {to: 1}},
      {op: 'Gather', inputs: ['scales', 'input_ids'], outputs: ['idScales'], attributes: {axis: 0}},
      {op: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: {to: 1}},
      {op: 'Mul', inputs: ['idScales', 'mask'], outputs: ['maskedScales']},
      ...counted,
      {op: 'Unsqueeze', inputs: ['weights', 'axis1'], outputs: ['weightRow']},
      {op: 'MatMul', inputs: ['weightRow', 'rowFloats'], outputs: ['sumRow']},
      {op: 'Squeeze', inputs: ['sumRow', 'axis1'], outputs: ['sum']},
      {op: 'Mul', inputs: ['sum', 'sum'], outputs: ['squares']},
      {op: 'ReduceSum', inputs: ['squares', 'axis1'], outputs: ['squareSum'], attributes: {keepdims: 1}},
      {op: 'Sqrt', inputs: ['squareSum'], outputs: ['length']},
      {op: 'Max', inputs: ['length', 'tiny'], outputs: ['safeLength']},
      {op: 'Div', inputs: ['sum', 'safeLength'], outputs: ['last_hidden_state']},
    ],
  }
}
