import {openContrastiveLoss} from './contrastive-loss.ts'
import {openKernels} from './kernels.ts'
import type {TrainingPair} from './pair-sampler.ts'

export interface TableOptions {
  readonly pieces: number
  readonly dimensions: number
  /** Pairs in a batch. */
  readonly rows: number
  readonly temperature: number
  /** Weight of a piece that stands n times in a text: n to this power. */
  readonly countPower: number
  readonly threads: number
  /** Pieces of a text that count; the rest of a longer one is left out. */
  readonly longestText: number
}

/** A table of vectors, one a piece, and the means to better it. */
export interface TableTrainer {
  /** The table, row by row; changes with every step. */
  readonly table: Float32Array
  /** One step of lazy Adam on the rows that the batch touches; returns the batch's mean loss. */
  step(batch: readonly TrainingPair[], learningRate: number): Promise<number>
  close(): Promise<void>
}

const adam = {beta1: 0.9, beta2: 0.999, epsilon: 1e-8} as const
const outOfThePicture = -1e9

/** Opens a trainer over an empty table; the caller fills it first. */
export async function openTableTrainer(options: TableOptions): Promise<TableTrainer> {
  const {pieces, dimensions, rows, threads} = options
  if (dimensions % 8 !== 0) throw new RangeError('dimensions must be a multiple of 8')
  const rowBytes = dimensions * 4
  const texts = 2 * rows
  const maxEntries = texts * options.longestText

  // The memory, part after part, each on a 64-byte line.
  let end = 64
  const place = (bytes: number): number => {
    const at = end
    end = Math.ceil((end + bytes) / 64) * 64
    return at
  }
  const at = {
    table: place(pieces * rowBytes),
    first: place(pieces * rowBytes),
    second: place(pieces * rowBytes),
    pooled: place(texts * rowBytes),
    slopes: place(texts * rowBytes),
    starts: place((texts + 1) * 4),
    ids: place(maxEntries * 4),
    weights: place(maxEntries * 4),
    touched: place(pieces * 4),
    touchedStarts: place((pieces + 1) * 4),
    touchedTexts: place(maxEntries * 4),
    touchedWeights: place(maxEntries * 4),
    scratch: place(threads * rowBytes),
  }
  const kernels = await openKernels({bytes: end, threads})
  const {memory} = kernels
  const loss = await openContrastiveLoss({rows, dimensions, temperature: options.temperature, threads})

  const table = new Float32Array(memory, at.table, pieces * dimensions)
  const pooled = new Float32Array(memory, at.pooled, texts * dimensions)
  const slopes = new Float32Array(memory, at.slopes, texts * dimensions)
  const starts = new Int32Array(memory, at.starts, texts + 1)
  const ids = new Int32Array(memory, at.ids, maxEntries)
  const weights = new Float32Array(memory, at.weights, maxEntries)
  const touched = new Int32Array(memory, at.touched, pieces)
  const touchedStarts = new Int32Array(memory, at.touchedStarts, pieces + 1)
  const touchedTexts = new Int32Array(memory, at.touchedTexts, maxEntries)
  const touchedWeights = new Float32Array(memory, at.touchedWeights, maxEntries)

  const inText = new Int32Array(pieces)
  const inBatch = new Int32Array(pieces)
  const placeOf = new Int32Array(pieces)
  const mask = new Float32Array(rows * rows)
  const powers = Float32Array.from({length: 4096}, (_, count) => count ** options.countPower)
  let steps = 0

  /** Lays out the batch's texts as bags; returns the number of touched rows. */
  const layOut = (batch: readonly TrainingPair[]): number => {
    let entries = 0
    let rowsTouched = 0
    for (let text = 0; text < texts; text++) {
      starts[text] = entries
      const whole = text < rows ? batch[text]!.query : batch[text - rows]!.passage
      const list = whole.length > options.longestText ? whole.slice(0, options.longestText) : whole
      const first = entries
      for (const id of list) {
        if (inText[id]! === 0) {
          ids[entries++] = id
          if (inBatch[id]! === 0) touched[rowsTouched++] = id
          inBatch[id]! += 1
        }
        inText[id]! += 1
      }
      for (let entry = first; entry < entries; entry++) {
        const id = ids[entry]!
        weights[entry] = powers[Math.min(inText[id]!, powers.length - 1)]!
        inText[id] = 0
      }
    }
    starts[texts] = entries

    // The same entries by touched row: a counting sort.
    let sum = 0
    for (let index = 0; index < rowsTouched; index++) {
      const id = touched[index]!
      touchedStarts[index] = sum
      placeOf[id] = sum
      sum += inBatch[id]!
      inBatch[id] = 0
    }
    touchedStarts[rowsTouched] = sum
    for (let text = 0; text < texts; text++) {
      for (let entry = starts[text]!; entry < starts[text + 1]!; entry++) {
        const spot = placeOf[ids[entry]!]!++
        touchedTexts[spot] = text
        touchedWeights[spot] = weights[entry]!
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
    set(outOfThePicture)
    return () => set(0)
  }

  return {
    table,
    async step(batch, learningRate) {
      if (batch.length !== rows) throw new TypeError(`expected ${rows} pairs, got ${batch.length}`)
      steps++
      const rowsTouched = layOut(batch)
      kernels.run({
        kind: 'pool',
        rows: texts,
        arguments: [at.starts, at.ids, at.weights, at.table, at.pooled, rowBytes],
      })
      const unmask = maskRepeats(batch)
      // ONNX Runtime takes no shared memory: copies, which cost little beside the products.
      const result = await loss.of({
        queries: pooled.slice(0, rows * dimensions),
        passages: pooled.slice(rows * dimensions),
        mask,
      })
      unmask()
      slopes.set(result.querySlopes)
      slopes.set(result.passageSlopes, rows * dimensions)
      const firstCorrection = 1 - adam.beta1 ** steps
      const secondCorrection = 1 - adam.beta2 ** steps
      kernels.run({
        kind: 'update',
        rows: rowsTouched,
        arguments: [
          at.touchedStarts,
          at.touchedTexts,
          at.touchedWeights,
          at.slopes,
          at.touched,
          at.table,
          at.first,
          at.second,
        ],
        scratch: Array.from({length: threads}, (_, thread) => at.scratch + thread * rowBytes),
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
