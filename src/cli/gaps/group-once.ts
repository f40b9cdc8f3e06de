import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {type ClosedGap, closedGaps, openGapsProcess} from '../../gaps/index.ts'
import {buildFolder, currentBuildId} from '../../search-index/index.ts'
import type {Settings} from '../../settings/index.ts'
import {withStores} from '../stores.ts'

/**
 * Groups the questions of a data folder, or of the database of the settings, in a process of its own, and looks what the current
 * build of the folder closes.
 * @returns whether nothing is left to be done, and the current build.
 * @throws DocentError; the signal's reason.
 */
export async function groupOnce(
  {embeddingModel: model, embeddingLanguages: languages, siteUrl, databaseUrl}: Settings,
  dataDir: string,
  signal?: AbortSignal,
): Promise<{readonly isDone: boolean; readonly build: string | null}> {
  const build = await currentBuildId(dataDir)
  const groups = openGapsProcess({model, cacheDir: join(dataDir, 'models'), languages, databaseUrl})
  const end = () => void groups.close()
  signal?.addEventListener('abort', end, {once: true})
  try {
    signal?.throwIfAborted()
    const isDone = await groups.group({
      ...(databaseUrl === null
        ? {transcripts: join(dataDir, 'transcripts.sqlite'), gaps: join(dataDir, 'gaps.sqlite')}
        : {}),
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
 * The gaps that a build which was just published has closed, if a server keeps gaps in this data folder or in the database of
 * the settings; null if none does, or if that is not known.
 * @throws as `groupOnce` does.
 */
export async function closedAfterIngest(
  settings: Settings,
  {dataDir, build, signal}: {readonly dataDir: string; readonly build: string; readonly signal: AbortSignal},
): Promise<readonly ClosedGap[] | null> {
  return withStores({dataDir, databaseUrl: settings.databaseUrl}, async (stores) => {
    const files = [stores.fileOf('gaps'), stores.fileOf('transcripts')]
    if (files.some((file) => file !== null && !existsSync(file))) return null
    const words = (await stores.transcripts()).read()
    try {
      const store = await stores.gaps()
      try {
        // In a database, nothing was grouped where there is no server.
        if (files.includes(null) && (await store.asOf()) === null) return null
        await groupOnce(settings, dataDir, signal)
        return await closedGaps(store, words, build)
      } finally {
        store.close()
      }
    } finally {
      words.close()
    }
  })
}
