import {randomNormal, seededRandom} from '../../src/lib/random.ts'
import {defaultPairOptions, type PairOptions, PairSampler} from './pair-sampler.ts'
import {openTableTrainer} from './table-trainer.ts'
import type {TrainingSection} from './training-sections.ts'
import {trainVocabulary} from './vocabulary.ts'
import {WordPieces, wordsOf} from './word-pieces.ts'

export interface TrainingOptions {
  readonly vocabulary: number
  readonly dimensions: number
  readonly epochs: number
  /** Pairs per batch. */
  readonly batch: number
  readonly learningRate: number
  readonly temperature: number
  readonly countPower: number
  readonly seed: number
  readonly threads: number
  readonly pairs: PairOptions
}

export const defaultTrainingOptions: TrainingOptions = {
  vocabulary: 20_000,
  dimensions: 384,
  epochs: 4,
  batch: 512,
  learningRate: 0.05,
  temperature: 0.05,
  countPower: 1,
  seed: 1,
  threads: 2,
  pairs: defaultPairOptions,
}

export type TrainingProgress =
  | {readonly stage: 'vocabulary'; readonly sections: number}
  | {readonly stage: 'pieces'; readonly vocabulary: number}
  | {
      readonly stage: 'steps'
      readonly step: number
      readonly steps: number
      /** Exponential moving average. */
      readonly loss: number
    }

export interface TrainedTable {
  readonly pieces: WordPieces
  readonly dimensions: number
  readonly countPower: number
  /** One row per piece. The rows of the special pieces are zero. */
  readonly table: Float32Array
  readonly loss: number
}

/** Learns the vocabulary, then the table. Deterministic for the same sections, options and machine. */
export async function trainTable(
  sections: readonly TrainingSection[],
  options: TrainingOptions,
  onProgress: (progress: TrainingProgress) => void = () => {},
): Promise<TrainedTable> {
  onProgress({stage: 'vocabulary', sections: sections.length})
  const pieces = new WordPieces(trainVocabulary(wordCountsOf(sections), {size: options.vocabulary}))
  onProgress({stage: 'pieces', vocabulary: pieces.vocabulary.length})

  const random = seededRandom(options.seed)
  const sampler = new PairSampler(sections, pieces, random, options.pairs)
  const rows = Math.max(1, Math.min(options.batch, Math.floor(sampler.batchesPerEpoch(1) / 2)))
  const {dimensions} = options
  const trainer = await openTableTrainer({
    pieces: pieces.vocabulary.length,
    dimensions,
    rows,
    temperature: options.temperature,
    countPower: options.countPower,
    threads: options.threads,
    longestText: 1024,
  })
  try {
    initialiseTable(trainer.table, sampler.counts(), dimensions, random)
    const steps = Math.max(1, Math.round(sampler.batchesPerEpoch(rows) * options.epochs))
    const warmUp = Math.ceil(steps / 50)
    let step = 0
    let loss = Number.NaN
    training: for (;;) {
      for (const batch of sampler.epoch(rows)) {
        const rate =
          options.learningRate * Math.min(1, (step + 1) / warmUp) * Math.max(0.01, 1 - step / steps)
        const now = await trainer.step(batch, rate)
        loss = Number.isNaN(loss) ? now : loss + 0.02 * (now - loss)
        step++
        onProgress({stage: 'steps', step, steps, loss})
        if (step >= steps) break training
      }
    }
    const table = Float32Array.from(trainer.table)
    table.fill(0, 0, 2 * dimensions)
    return {pieces, dimensions, countPower: options.countPower, table, loss}
  } finally {
    await trainer.close()
  }
}

/** Random directions; frequent pieces start with shorter vectors, as in smooth inverse frequency (Arora et al. 2017). */
function initialiseTable(
  table: Float32Array,
  counts: Float64Array,
  dimensions: number,
  random: () => number,
): void {
  const total = counts.reduce((sum, count) => sum + count, 0)
  counts.forEach((count, id) => {
    const weight = 1e-3 / (1e-3 + count / total)
    for (let at = id * dimensions; at < (id + 1) * dimensions; at++) table[at] = randomNormal(random) * weight
  })
}

function wordCountsOf(sections: readonly TrainingSection[]): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (text: string): void => {
    for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  for (const {title, headings, text} of sections) {
    add(title)
    for (const heading of headings) add(heading)
    add(text)
  }
  return counts
}
