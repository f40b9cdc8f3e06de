import {createHash} from 'node:crypto'
import type {Page} from '../domain/index.ts'
import type {Manifest} from './build.ts'
import {embeddingTextOf} from './embedding-text.ts'
import {localBuilds} from './local-builds.ts'

export interface WriteBuildOptions {
  readonly embedding: Manifest['embedding']
  /** Returns one unit vector a text, in order. */
  readonly embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>
  readonly chunker?: string
  /** The language of the site. Default null. */
  readonly defaultLanguage?: string | null
  readonly calibration?: unknown
  /** Milliseconds since the epoch; default now. */
  readonly now?: number
}

/**
 * Makes a build of pages and publishes it, without a content folder, gates or a base build: for tests, benchmarks and
 * one-off indexes. For documentation use `ingest`. Returns the manifest.
 */
export async function writeBuild(
  dataDir: string,
  pages: readonly Page[],
  options: WriteBuildOptions,
): Promise<Manifest> {
  const {embedding, embed, chunker = 'direct', defaultLanguage = null, calibration = null} = options
  const expectedPassages = pages
    .flatMap((page) => page.sections)
    .reduce((sum, section) => sum + section.passages.length, 0)
  const builds = localBuilds(dataDir)
  const writer = await builds.begin({
    embedding,
    chunker,
    defaultLanguage,
    base: null,
    expectedPassages,
    ...(options.now === undefined ? {} : {now: options.now}),
  })
  try {
    for (const page of pages) {
      const texts = page.sections.flatMap((section) =>
        section.passages.map((passage) => embeddingTextOf(page, section, passage)),
      )
      const vectors = texts.length === 0 ? [] : await embed(texts)
      const hash = createHash('sha256').update(page.markdown).digest('hex')
      const file = {path: page.path, hash, includes: [], diagnostics: [], fidelity: null}
      writer.put(file, {page, links: [], vectors})
    }
    const manifest = {...(await writer.finish()), calibration}
    await builds.publish(writer.id, manifest)
    return manifest
  } catch (error) {
    await writer.discard()
    throw error
  }
}
