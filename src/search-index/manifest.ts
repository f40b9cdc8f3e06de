import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {z} from 'zod'
import {DocentError} from '../domain/index.ts'
import {howToRun} from '../package/index.ts'
import type {Manifest} from './build.ts'
import {replaceFile} from './durable-files.ts'
import {buildFormat, earlierFormat, manifestFile} from './schema.ts'

const count = z.number().int().nonnegative()
const share = z.number().min(0).max(1)

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
  languages: z.object({default: z.string().nullable(), analysis: z.string()}).exactOptional(),
  counts: z.object({pages: count, sections: count, passages: count}),
  hnsw: z.object({
    m: count,
    efConstruction: count,
    metric: z.literal('ip'),
    // Both are absent in older builds.
    ef: z.number().int().positive().exactOptional(),
    shortlist: z.number().int().positive().exactOptional(),
    recall: z.object({at10: share, at64: share, at256: share}).exactOptional(),
  }),
  calibration: z.unknown(),
  files: z.record(z.string(), z.object({bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/)})),
  summary: z
    .object({
      content: z.string(),
      sources: z
        .array(
          z.object({
            name: z.string().nullable(),
            place: z.string(),
            commit: z.string().nullable(),
            currentVersion: z.string().nullable(),
            chunker: z.string(),
            navigation: z.string().exactOptional(),
          }),
        )
        .exactOptional(),
      pages: z.object({
        new: count,
        changed: count,
        removed: count,
        setAside: count,
        // Absent in older builds.
        stale: count.default(0),
      }),
      warnings: count,
      golden: z.object({questions: count, hitAt5: z.number()}).nullable().default(null),
      passagesSinceCalibration: count.default(0),
      passagesSinceTuning: count.default(0),
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
  let raw: unknown
  try {
    raw = JSON.parse(await readFile(join(folder, manifestFile), 'utf8'))
  } catch (cause) {
    throw new DocentError(
      'index_damaged',
      `${folder} has no readable ${manifestFile}; ingest again or roll back`,
      {cause},
    )
  }
  return parseManifest(raw, folder, `${folder}/${manifestFile}`)
}

/**
 * A manifest as it is stored. @throws DocentError `index_damaged`.
 * @param build what has it, for people
 */
export function parseManifest(
  raw: unknown,
  build: string,
  file: string = `the manifest of ${build}`,
): Manifest {
  checkFormat(build, raw)
  const parsed = manifestShape.safeParse(withChunker(raw))
  if (!parsed.success)
    throw new DocentError('index_damaged', `${file} is not valid: ${z.prettifyError(parsed.error)}`)
  return {...parsed.data, calibration: parsed.data.calibration ?? null}
}

/** Checked first: the rest of a manifest may differ in another format. */
function checkFormat(build: string, raw: unknown): void {
  const parsed = formatShape.safeParse(raw)
  if (!parsed.success) return
  const {format} = parsed.data
  if (format > buildFormat) {
    throw new DocentError(
      'index_damaged',
      `${build} has format ${format}, made by a newer Docent, and this one reads up to ${buildFormat}; update Docent, or run \`${howToRun('ingest')}\` to rebuild the index with this one`,
    )
  }
  if (format < earlierFormat) {
    throw new DocentError(
      'index_damaged',
      `${build} has format ${format}, this version reads ${earlierFormat} and ${buildFormat}; run \`${howToRun('ingest')}\` to rebuild the index`,
    )
  }
}

/** The chunker is stored as `cutter`: an older Docent looks for that before it looks at the format, and then says which one it reads. */
function withChunker(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || !('cutter' in raw)) return raw
  const {cutter, ...others} = raw
  return {...others, chunker: cutter}
}

/** Writes a manifest durably, replacing the previous one. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const {chunker, ...others} = manifest
  const stored = {...others, cutter: chunker}
  await replaceFile(join(folder, manifestFile), `${JSON.stringify(stored, null, 2)}\n`)
}
