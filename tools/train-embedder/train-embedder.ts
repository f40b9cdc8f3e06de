import {writeFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {DocentError} from '../../src/domain/index.ts'
import {modelCard} from './model-card.ts'
import {type QuantisedTable, quantise} from './model-graph.ts'
import {type TrainedTable, type TrainingOptions, type TrainingProgress, trainTable} from './train-table.ts'
import {readSections, type TrainingSection} from './training-sections.ts'
import {bytesIn, writeModel} from './write-model.ts'

export interface TrainEmbedderOptions {
  /** JSON Lines files, plain or gzipped. */
  readonly sections: readonly string[]
  /** The model's folder; created if missing, its files replaced otherwise. */
  readonly out: string
  readonly training: TrainingOptions
  /** The command as the model card prints it. */
  readonly command: string
  /** Markdown for the model card: the sources with their licences, and measured figures. */
  readonly sources: string | null
  readonly figures: string | null
  readonly onProgress?: (progress: TrainingProgress) => void
}

export interface TrainEmbedderReport {
  readonly sections: number
  readonly vocabulary: number
  readonly bytes: number
  readonly loss: number
  /** The lowest cosine between a text's vectors from the int8 table and from the trained one. */
  readonly leastCosine: number
}

/**
 * Trains an embedding model from sections and writes its folder, model card included. Nothing is written before
 * training has ended.
 * @throws DocentError `invalid_request` when a file is not a file of training sections, or there are fewer than two sections.
 */
export async function trainEmbedder(options: TrainEmbedderOptions): Promise<TrainEmbedderReport> {
  const sections: TrainingSection[] = []
  for (const file of options.sections) {
    for await (const section of readSections(file)) sections.push(section)
  }
  if (sections.length < 2) {
    throw new DocentError(
      'invalid_request',
      `${options.sections.join(', ')}: at least two sections are needed`,
    )
  }

  const trained = await trainTable(sections, options.training, options.onProgress)
  const table = quantise(trained.table, trained.dimensions)
  writeModel(options.out, trained, table)
  const cosine = roundingCosine(sections, trained, table)
  const details = {
    name: basename(options.out),
    command: options.command,
    options: options.training,
    vocabulary: trained.pieces.vocabulary.length,
    loss: trained.loss,
    cosine,
    sections: bySource(sections),
    sources: options.sources,
    figures: options.figures,
  }
  const card = join(options.out, 'MODEL_CARD.md')
  // Written twice, because the card states the size of the folder, itself included.
  writeFileSync(card, modelCard({...details, bytes: 0}))
  const bytes = bytesIn(options.out)
  writeFileSync(card, modelCard({...details, bytes}))
  return {
    sections: sections.length,
    vocabulary: details.vocabulary,
    bytes,
    loss: trained.loss,
    leastCosine: cosine.least,
  }
}

/** A text's vector as the ONNX graph computes it, from any table. */
export function embedWith(
  trained: Pick<TrainedTable, 'pieces' | 'dimensions' | 'countPower'>,
  valueAt: (at: number) => number,
  text: string,
): Float32Array {
  const {dimensions} = trained
  const counts = new Map<number, number>()
  for (const id of trained.pieces.encode(text)) counts.set(id, (counts.get(id) ?? 0) + 1)
  const vector = new Float32Array(dimensions)
  for (const [id, count] of counts) {
    const weight = count ** trained.countPower
    for (let at = 0; at < dimensions; at++) vector[at]! += weight * valueAt(id * dimensions + at)
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length > 0 ? vector.map((value) => value / length) : vector
}

/** Number of texts over which the rounding error is measured. */
const roundingTexts = 500

function roundingCosine(
  sections: readonly TrainingSection[],
  trained: TrainedTable,
  table: QuantisedTable,
): {readonly mean: number; readonly least: number; readonly texts: number} {
  const every = Math.max(1, Math.floor(sections.length / roundingTexts))
  const cosines = sections
    .filter((_, index) => index % every === 0)
    .map(({text}) => {
      const exact = embedWith(trained, (at) => trained.table[at]!, text)
      const rounded = embedWith(
        trained,
        (at) => table.values[at]! * table.scales[Math.floor(at / trained.dimensions)]!,
        text,
      )
      return exact.reduce((sum, value, at) => sum + value * rounded[at]!, 0)
    })
    // Text without known pieces has a zero vector.
    .filter((cosine) => cosine !== 0)
  return {
    mean: cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length,
    least: Math.min(...cosines),
    texts: cosines.length,
  }
}

function bySource(sections: readonly TrainingSection[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const {source} of sections) counts.set(source, (counts.get(source) ?? 0) + 1)
  return new Map([...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1)))
}
