import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Embedder, openEmbedder} from '../../src/embedding/index.ts'

/**
 * Runs a fit with the shipped model and a folder for indexes: the one to keep, or a temporary one that is removed.
 * @param kept null for a temporary one.
 */
export async function inWorkspace(
  kept: string | null,
  use: (embedder: Embedder, dataDir: string) => Promise<void>,
): Promise<void> {
  const dataDir = kept ?? (await mkdtemp(join(tmpdir(), 'docent-fit-')))
  const embedder = await openEmbedder({model: null})
  try {
    await use(embedder, dataDir)
  } finally {
    await embedder.close()
    if (kept === null) await rm(dataDir, {recursive: true, force: true})
  }
}
