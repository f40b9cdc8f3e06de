import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Page} from '../../src/domain/index.ts'
import {createRetriever, type RetrieverOptions} from '../../src/retrieval/create-retriever.ts'
import {
  buildFolder,
  type CurrentBuild,
  type IndexBuild,
  openBuild,
  writeBuild,
} from '../../src/search-index/index.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'

/** A real build on disk, a retriever over it, and a count of the leases that are out. */
export async function retrievalWorld(
  pages: readonly Page[],
  options: Partial<RetrieverOptions> & {
    readonly calibration?: unknown
    /** Of pages that say none. */
    readonly defaultLanguage?: string
  } = {},
) {
  const embedder = options.embedder ?? hashingEmbedder({dimensions: 64})
  const dataDir = mkdtempSync(join(tmpdir(), 'docent-retrieval-'))
  const manifest = await writeBuild(dataDir, pages, {
    embedding: {id: embedder.id, name: embedder.name, dimensions: embedder.dimensions},
    embed: (texts) => embedder.embedPassages(texts),
    defaultLanguage: options.defaultLanguage ?? null,
    // Answers everything unless a test says otherwise: the hashing embedder knows no meaning to judge by.
    calibration: options.calibration ?? {...openCalibration},
  })
  const build: IndexBuild = await openBuild(buildFolder(dataDir, manifest.id))
  let leases = 0
  const current: CurrentBuild = {
    id: manifest.id,
    lease() {
      leases++
      return {build, release: () => void leases--}
    },
  }
  return {
    build,
    embedder,
    retriever: createRetriever({siteUrl: null, ...options, current, embedder}),
    leases: () => leases,
    close() {
      build.close()
      rmSync(dataDir, {recursive: true, force: true})
    },
  }
}

const openCalibration = {
  format: 1,
  weights: Object.fromEntries(
    ['cosine', 'similarity', 'domain', 'coverage', 'leadCoverage', 'headings', 'known']
      .concat(['familiarity', 'agreement', 'gap', 'phrases'])
      .map((name) => [name, 0]),
  ),
  bias: 0,
  threshold: 0,
  fit: null,
}
