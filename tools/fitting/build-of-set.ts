import {join, resolve} from 'node:path'
import type {Embedder} from '../../src/embedding/index.ts'
import type {EvaluationSet} from '../../src/evaluation/index.ts'
import {ingest, openEmbedderProcess} from '../../src/ingestion/index.ts'
import {
  buildSections,
  type EvaluationQuestion,
  readQuestions,
  resolveGold,
} from '../../src/question-sets/index.ts'
import {localBuilds, type OpenCurrentBuild, openCurrentBuild} from '../../src/search-index/index.ts'

/**
 * Ingests the folder of a set below `dataDir`, or updates it there, and opens its build with the set's questions, their
 * gold sections resolved.
 */
export async function withBuildOfSet<T>(
  set: EvaluationSet,
  dataDir: string,
  use: (current: OpenCurrentBuild, questions: readonly EvaluationQuestion[]) => Promise<T>,
): Promise<T> {
  const folder = join(resolve(dataDir), set.name ?? 'set')
  const opened: Promise<Embedder>[] = []
  try {
    await ingest({
      content: resolve(set.content),
      dataDir: folder,
      force: true,
      embedder: () => {
        if (opened.length === 0)
          opened.push(openEmbedderProcess({model: null, cacheDir: join(folder, 'models')}))
        return opened[0]!
      },
    })
  } finally {
    for (const opening of opened) await (await opening).close()
  }
  const current = await openCurrentBuild(localBuilds(folder))
  const lease = current.lease()
  try {
    const {questions} = resolveGold(buildSections(lease.build), await readQuestions(set.questions))
    return await use(current, questions)
  } finally {
    lease.release()
    await current.close()
  }
}
