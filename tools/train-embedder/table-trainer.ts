import {openContrastiveLoss} from './contrastive-loss.ts'
import {openKernels} from './kernels.ts'
import type {TrainingPair} from './pair-sampler.ts'

export interface TableOptions {
  readonly pieces: number
  readonly dimensions: number
  /** Pairs per batch. */
  readonly rows: number
  readonly temperature: number
  /** Weight of a piece that occurs n times in a text: n to this power. */
  readonly countPower: number
  readonly threads: number
  /** In pieces; longer texts are truncated. */
  readonly longestText: number
}

/** A table of vectors, one per piece, and the steps that train it. */
export interface TableTrainer {
  /** The table, row by row; changes with every step. */
  readonly table: Float32Array
  /** One step of lazy Adam on the rows that the batch touches; returns the batch's mean loss. */
  step(batch: readonly TrainingPair[], learningRate: number): Promise<number>
  close(): Promise<void>
}

const adam = {beta1: 0.9, beta2: 0.999, epsilon: 1e-8} as const
const excluded = -1e9

/** Opens a trainer over a table of zeros; the caller fills it first. */
export async function openTableTrainer(options: TableOptions): Promise<TableTrainer> {
  const {pieces, dimensions, rows, threads} = options
  if (dimensions % 8 !== 0) throw new RangeError('dimensions must be a multiple of 8')
  const rowBytes = dimensions * 4
  const texts = 2 * rows
  const maxEntries = texts * options.longestText

  // The layout of the memory; each part is aligned to 64 bytes.
  let end = 64
  const allocate = (bytes: number): number => {
    const offset = end
    end = Math.ceil((end + bytes) / 64) * 64
    return offset
  }
  const offsets = {
    table: allocate(pieces * rowBytes),
    first: allocate(pieces * rowBytes),
    second: allocate(pieces * rowBytes),
    pooled: allocate(texts * rowBytes),
    gradients: allocate(texts * rowBytes),
    starts: allocate((texts + 1) * 4),
    ids: allocate(maxEntries * 4),
    weights: allocate(maxEntries * 4),
    touched: allocate(pieces * 4),
    touchedStarts: allocate((pieces + 1) * 4),
    touchedTexts: allocate(maxEntries * 4),
    touchedWeights: allocate(maxEntries * 4),
    scratch: allocate(threads * rowBytes),
  }
  const kernels = await openKernels({bytes: end, threads})
  const {memory} = kernels
  const loss = await openContrastiveLoss({rows, dimensions, temperature: options.temperature, threads})

  const table = new Float32Array(memory, offsets.table, pieces * dimensions)
  const pooled = new Float32Array(memory, offsets.pooled, texts * dimensions)
  const gradients = new Float32Array(memory, offsets.gradients, texts * dimensions)
  const starts = new Int32Array(memory, offsets.starts, texts + 1)
  const ids = new Int32Array(memory, offsets.ids, maxEntries)
  const weights = new Float32Array(memory, offsets.weights, maxEntries)
  const touched = new Int32Array(memory, offsets.touched, pieces)
  const touchedStarts = new Int32Array(memory, offsets.touchedStarts, pieces + 1)
  const touchedTexts = new Int32Array(memory, offsets.touchedTexts, maxEntries)
  const touchedWeights = new Float32Array(memory, offsets.touchedWeights, maxEntries)

  const countInText = new Int32Array(pieces)
  const textsWith = new Int32Array(pieces)
  const nextEntryOf = new Int32Array(pieces)
  const mask = new Float32Array(rows * rows)
  const powers = Float32Array.from({length: 4096}, (_, count) => count ** options.countPower)
  let steps = 0

  /** Writes the batch's texts as bags into memory; returns the number of touched rows. */
  const layOutBatch = (batch: readonly TrainingPair[]): number => {
    let entries = 0
    let rowsTouched = 0
    for (let text = 0; text < texts; text++) {
      starts[text] = entries
      const whole = text < rows ? batch[text]!.query : batch[text - rows]!.passage
      const list = whole.length > options.longestText ? whole.slice(0, options.longestText) : whole
      const first = entries
      for (const id of list) {
        if (countInText[id]! === 0) {
          ids[entries++] = id
          if (textsWith[id]! === 0) touched[rowsTouched++] = id
          textsWith[id]! += 1
        }
        countInText[id]! += 1
      }
      for (let entry = first; entry < entries; entry++) {
        const id = ids[entry]!
        weights[entry] = powers[Math.min(countInText[id]!, powers.length - 1)]!
        countInText[id] = 0
      }
    }
    starts[texts] = entries

    // The same entries, grouped by touched row: a counting sort.
    let sum = 0
    for (let index = 0; index < rowsTouched; index++) {
      const id = touched[index]!
      touchedStarts[index] = sum
      nextEntryOf[id] = sum
      sum += textsWith[id]!
      textsWith[id] = 0
    }
    touchedStarts[rowsTouched] = sum
    for (let text = 0; text < texts; text++) {
      for (let entry = starts[text]!; entry < starts[text + 1]!; entry++) {
        const entryAt = nextEntryOf[ids[entry]!]!++
        touchedTexts[entryAt] = text
        touchedWeights[entryAt] = weights[entry]!
      }
    }
    return rowsTouched
  }

  const maskRepeats = (batch: readonly TrainingPair[]): (() => void) => {
    const rowsByKey = new Map<string, number[]>()
    batch.forEach(({key}, row) => {
      const same = rowsByKey.get(key)
      if (same) same.push(row)
      else rowsByKey.set(key, [row])
    })
    const set = (value: number): void => {
      for (const same of rowsByKey.values()) {
        for (const a of same) for (const b of same) if (a !== b) mask[a * rows + b] = value
      }
    }
    set(excluded)
    return () => set(0)
  }

  return {
    table,
    async step(batch, learningRate) {
      if (batch.length !== rows) throw new TypeError(`expected ${rows} pairs, got ${batch.length}`)
      steps++
      const rowsTouched = layOutBatch(batch)
      kernels.run({
        kind: 'pool',
        rows: texts,
        arguments: [offsets.starts, offsets.ids, offsets.weights, offsets.table, offsets.pooled, rowBytes],
      })
      const unmask = maskRepeats(batch)
      // Copies, since ONNX Runtime accepts no shared memory; they cost little compared to the matrix products.
      const result = await loss.compute({
        queries: pooled.slice(0, rows * dimensions),
        passages: pooled.slice(rows * dimensions),
        mask,
      })
      unmask()
      gradients.set(result.queryGradients)
      gradients.set(result.passageGradients, rows * dimensions)
      const firstCorrection = 1 - adam.beta1 ** steps
      const secondCorrection = 1 - adam.beta2 ** steps
      kernels.run({
        kind: 'update',
        rows: rowsTouched,
        arguments: [
          offsets.touchedStarts,
          offsets.touchedTexts,
          offsets.touchedWeights,
          offsets.gradients,
          offsets.touched,
          offsets.table,
          offsets.first,
          offsets.second,
        ],
        scratch: Array.from({length: threads}, (_, thread) => offsets.scratch + thread * rowBytes),
        bytes: rowBytes,
        step: [learningRate / firstCorrection, 1 / secondCorrection, adam.beta1, adam.beta2, adam.epsilon],
      })
      return result.loss
    },
    async close() {
      await kernels.close()
      await loss.close()
    },
  }
}
