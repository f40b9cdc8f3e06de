import {type IngestOptions, type IngestReport, ingest} from '../../src/ingestion/index.ts'
import {buildFolder, currentBuildId, type IndexBuild, openBuild} from '../../src/search-index/index.ts'
import {termsOf} from '../../src/text/terms.ts'
import {afterEveryTest} from './after-every-test.ts'
import {type ContentFolder, contentFolder} from './content-folder.ts'
import {directParser} from './direct-parser.ts'
import {hashingEmbedder} from './hashing-embedder.ts'

const folders: ContentFolder[] = []

/** A folder of Markdown with a data folder beside it, removed after the test. */
export function newFolder(files: Readonly<Record<string, string>> = {}): ContentFolder {
  const folder = contentFolder(files)
  folders.push(folder)
  return folder
}

afterEveryTest(() => {
  for (const folder of folders.splice(0)) folder.clear()
})

/** Ingests in this process, with an embedder that needs no model. */
export function ingestFolder(
  folder: ContentFolder,
  options: Partial<IngestOptions> = {},
  embedder = hashingEmbedder(),
): Promise<IngestReport> {
  return ingest({
    content: folder.content,
    dataDir: folder.dataDir,
    embedder: async () => embedder,
    openParser: directParser,
    ...options,
  })
}

/** Opens the current build and returns what `look` reads from it. */
export async function withCurrent<T>(folder: ContentFolder, look: (build: IndexBuild) => T): Promise<T> {
  const id = await currentBuildId(folder.dataDir)
  const build = await openBuild(buildFolder(folder.dataDir, id!))
  try {
    return look(build)
  } finally {
    build.close()
  }
}

/** Paths of the pages that contain any of the words, best match first. */
export function pathsFound(build: IndexBuild, words: string): string[] {
  const hits = build.matching(termsOf(words), 20, {title: 3, headings: 2, text: 1})
  return [...new Set(build.sections(hits.map((hit) => hit.sectionId)).map((section) => section.page.path))]
}
