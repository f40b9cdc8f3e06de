import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {z} from 'zod'
import {DocentError} from '../domain/index.ts'
import {howToRun} from '../package/index.ts'
import type {Manifest} from './build.ts'
import {replaceFile} from './durable-files.ts'
import {buildFormat, earlierFormat, manifestFile} from './schema.ts'

const count = z.number().int().nonnegative()

const formatShape = z.object({format: z.number().int()})

const manifestShape = z.object({
  format: z.number().int(),
  id: z.string(),
  createdAt: z.string(),
  embedding: z.object({
    id: z.string(),
    name: z.string(),
    dimensions: z.number().int().positive(),
    key: z.string().exactOptional(),
  }),
  chunker: z.string(),
  counts: z.object({pages: count, sections: count, passages: count}),
  hnsw: z.object({m: count, efConstruction: count, metric: z.literal('ip')}),
  calibration: z.unknown(),
  files: z.record(z.string(), z.object({bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/)})),
  summary: z
    .object({
      content: z.string(),
      pages: z.object({
        new: count,
        changed: count,
        removed: count,
        setAside: count,
        // Builds made before it was counted have none.
        stale: count.default(0),
      }),
      warnings: count,
      golden: z.object({questions: count, hitAt5: z.number()}).nullable().default(null),
      passagesSinceCalibration: count.default(0),
      tookMs: z.number(),
    })
    .nullable()
    .default(null),
})

/**
 * Reads a build's manifest. @throws DocentError `index_damaged` when it is missing, unreadable, or of a format that this
 * version does not read.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  let given: unknown
  try {
    given = JSON.parse(await readFile(join(folder, manifestFile), 'utf8'))
  } catch (cause) {
    throw new DocentError(
      'index_damaged',
      `${folder} has no readable ${manifestFile}; ingest again or roll back`,
      {cause},
    )
  }
  checkFormat(folder, given)
  const read = manifestShape.safeParse(withChunker(given))
  if (!read.success) {
    throw new DocentError(
      'index_damaged',
      `${folder}/${manifestFile} is not as it should be: ${z.prettifyError(read.error)}`,
    )
  }
  return {...read.data, calibration: read.data.calibration ?? null}
}

/** Asked first: the rest of a manifest may be another in another format. */
function checkFormat(folder: string, given: unknown): void {
  const read = formatShape.safeParse(given)
  if (!read.success) return
  const {format} = read.data
  if (format > buildFormat) {
    throw new DocentError(
      'index_damaged',
      `${folder} has format ${format}, made by a newer Docent, and this one reads up to ${buildFormat}; update Docent, or run \`${howToRun('ingest')}\` to make the index anew with this one`,
    )
  }
  if (format < earlierFormat) {
    throw new DocentError(
      'index_damaged',
      `${folder} has format ${format}, this version reads ${earlierFormat} and ${buildFormat}; run \`${howToRun('ingest')}\` to make the index anew`,
    )
  }
}

/** In format 2 the field was called `cutter`. */
function withChunker(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || !('cutter' in given)) return given
  const {cutter, ...others} = given
  return {chunker: cutter, ...others}
}

/** Writes it durably, in place of the one before. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await replaceFile(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`)
}
