import {constants} from 'node:fs'
import {copyFile, mkdir, readdir, rename, rm, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {DocentError} from '../../domain/index.ts'
import {flush} from '../durable-files.ts'
import type {BuildArchive} from './build-archive.ts'

const unfinished = '.unfinished-'
/** After so long nobody writes to an unfinished build any more. */
const forgottenMs = 24 * 60 * 60 * 1000

/**
 * Keeps the files of builds in a folder that all servers see, such as one of NFS, each build in a folder of its own.
 * The database says which builds there are.
 */
export function folderArchive(shared: string): BuildArchive {
  return {
    keptIn: 'folder',

    async store(id, folder, files) {
      const making = join(shared, `${unfinished}${id}`)
      try {
        await rm(making, {recursive: true, force: true})
        await mkdir(making, {recursive: true})
        for (const {name} of files) {
          await copyFile(join(folder, name), join(making, name), constants.COPYFILE_FICLONE)
          await flush(join(making, name))
        }
        await flush(making)
      } catch (cause) {
        await rm(making, {recursive: true, force: true}).catch(() => undefined)
        throw failed(`cannot write build ${id} to ${shared}, the folder of BUILDS_DIR`, cause)
      }
      // Right before the build is added: a crash leaves a folder that is removed later.
      return async () => {
        await rename(making, join(shared, id))
        await flush(shared)
      }
    },

    async fetch(id, files, {folder, signal}) {
      try {
        for (const {name} of files) {
          signal?.throwIfAborted()
          await copyFile(join(shared, id, name), join(folder, name), constants.COPYFILE_FICLONE)
          await flush(join(folder, name))
        }
      } catch (cause) {
        signal?.throwIfAborted()
        throw failed(`cannot copy build ${id} from ${shared}, the folder of BUILDS_DIR`, cause)
      }
    },

    async collect(removed) {
      try {
        for (const id of removed) await rm(join(shared, id), {recursive: true, force: true})
        for (const name of await readdir(shared)) {
          if (!name.startsWith(unfinished)) continue
          const path = join(shared, name)
          // Others may use the folder too, and be writing to it now.
          if (Date.now() - (await stat(path)).mtimeMs > forgottenMs)
            await rm(path, {recursive: true, force: true})
        }
      } catch (cause) {
        throw failed(`cannot remove old builds from ${shared}, the folder of BUILDS_DIR`, cause)
      }
    },
  }
}

/** @throws DocentError `storage` where the folder is not there: one that is not mounted is not made. */
export async function checkFolder(shared: string): Promise<void> {
  const found = await stat(shared).catch(() => null)
  if (found?.isDirectory() === true) return
  throw new DocentError(
    'storage',
    `There is no folder ${shared}. Create it, or mount it, on every server: BUILDS_DIR names the folder in which all of them find builds.`,
  )
}

function failed(what: string, cause: unknown): DocentError {
  return new DocentError('storage', `${what}: ${(cause as Error).message}`, {cause})
}
