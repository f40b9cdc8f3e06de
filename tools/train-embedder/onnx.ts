import onnxProto from 'onnx-proto'

const {onnx} = onnxProto

/** Numbers of ONNX's element types. */
const elementTypes = {float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9} as const
export type ElementType = keyof typeof elementTypes

export interface GraphNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Integers or lists of integers. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

export interface GraphTensor {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly number[]
  /** The elements' bytes, little-endian. */
  readonly bytes: Uint8Array
}

export interface GraphValue {
  readonly name: string
  readonly type: ElementType
  /** A string names a dimension of variable size. */
  readonly dims: readonly (number | string)[]
}

export interface Graph {
  readonly name: string
  readonly nodes: readonly GraphNode[]
  readonly constants: readonly GraphTensor[]
  readonly inputs: readonly GraphValue[]
  readonly outputs: readonly GraphValue[]
}

/** The graph as the bytes of an `.onnx` file (IR version 8, operator set 17). The same graph gives the same bytes. */
export function encodeGraph(graph: Graph): Uint8Array {
  const model = onnx.ModelProto.create({
    irVersion: 8,
    opsetImport: [{domain: '', version: 17}],
    producerName: 'docent',
    graph: {
      name: graph.name,
      node: graph.nodes.map(({op, inputs, outputs, attributes = {}}) => ({
        opType: op,
        name: outputs[0] ?? op,
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(([name, value]) =>
          typeof value === 'number'
            ? {name, type: onnx.AttributeProto.AttributeType.INT, i: value}
            : {name, type: onnx.AttributeProto.AttributeType.INTS, ints: [...value]},
        ),
      })),
      initializer: graph.constants.map(({name, type, dims, bytes}) => ({
        name,
        dataType: elementTypes[type],
        dims: [...dims],
        rawData: bytes,
      })),
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
    },
  })
  return onnx.ModelProto.encode(model).finish()
}

function valueInfo({name, type, dims}: GraphValue): object {
  return {
    name,
    type: {
      tensorType: {
        elemType: elementTypes[type],
        shape: {
          dim: dims.map((size) => (typeof size === 'number' ? {dimValue: size} : {dimParam: size})),
        },
      },
    },
  }
}

export function floatTensor(
  name: string,
  values: readonly number[] | Float32Array,
  dims: readonly number[],
): GraphTensor {
  return {name, type: 'float', dims, bytes: bytesOf(Float32Array.from(values))}
}

export function int64Tensor(name: string, values: readonly number[], dims: readonly number[]): GraphTensor {
  return {name, type: 'int64', dims, bytes: bytesOf(BigInt64Array.from(values, BigInt))}
}

export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}
