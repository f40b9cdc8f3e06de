import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {type ClosedGap, closedGaps, openGaps, openGapsProcess} from '../../gaps/index.ts'
import {buildFolder, currentBuildId} from '../../search-index/index.ts'
import type {Settings} from '../../settings/index.ts'
import {readTranscripts} from '../../transcripts/index.ts'

/**
 * Groups the questions of a data folder, in a process of its own, and looks what its current build closes.
 * @returns whether nothing is left to be done, and the current build.
 * @throws DocentError; the signal's reason.
 */
export async function groupOnce(
  {embeddingModel: model, embeddingLanguages: languages, siteUrl}: Settings,
  dataDir: string,
  signal?: AbortSignal,
): Promise<{readonly isDone: boolean; readonly build: string | null}> {
  const build = await currentBuildId(dataDir)
  const groups = openGapsProcess({model, cacheDir: join(dataDir, 'models'), languages})
  const end = () => void groups.close()
  signal?.addEventListener('abort', end, {once: true})
  try {
    signal?.throwIfAborted()
    const isDone = await groups.group({
      transcripts: join(dataDir, 'transcripts.sqlite'),
      gaps: join(dataDir, 'gaps.sqlite'),
      build: build === null ? null : buildFolder(dataDir, build),
      siteUrl,
    })
    return {isDone, build}
  } finally {
    signal?.removeEventListener('abort', end)
    await groups.close()
  }
}

/**
 * The gaps that a build which was just published has closed, if a server keeps gaps in this data folder; null if none does,
 * if it keeps transcripts in a database, whose questions are not grouped yet, or if that is not known.
 * @throws as `groupOnce` does.
 */
export async function closedAfterIngest(
  settings: Settings,
  {dataDir, build, signal}: {readonly dataDir: string; readonly build: string; readonly signal: AbortSignal},
): Promise<readonly ClosedGap[] | null> {
  const [gaps, transcripts] = [join(dataDir, 'gaps.sqlite'), join(dataDir, 'transcripts.sqlite')]
  if (settings.databaseUrl !== null) return null
  if (!existsSync(gaps) || !existsSync(transcripts)) return null
  await groupOnce(settings, dataDir, signal)
  const store = openGaps({file: gaps, waitMs: 15_000})
  const words = readTranscripts(transcripts)
  try {
    return await closedGaps(store, words, build)
  } finally {
    words.close()
    store.close()
  }
}
