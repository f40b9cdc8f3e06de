import {constants} from 'node:fs'
import {copyFile, mkdir, rename, rm, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {DocentError} from '../../domain/index.ts'
import type {Postgres} from '../../postgres/index.ts'
import {flush} from '../durable-files.ts'
import type {BuildArchive} from './build-archive.ts'

/**
 * Keeps the files of builds in a folder that all servers see, such as one of NFS, each build in a folder of its own.
 * The database says which builds there are, and which were begun here, so that nothing stays of one that was not published.
 */
export function folderArchive(shared: string, postgres: Postgres): BuildArchive {
  const unfinishedOf = (id: string) => join(shared, `.unfinished-${id}`)

  async function attempt<T>(what: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      signal?.throwIfAborted()
      if (cause instanceof DocentError) throw cause
      const why = (cause as Error).message
      throw new DocentError('storage', `cannot ${what} ${shared}, the folder of BUILDS_DIR: ${why}`, {cause})
    }
  }

  return {
    keptIn: 'folder',

    async store(id, folder, files) {
      await postgres.run('INSERT INTO docent.build_folders (id) VALUES ($1) ON CONFLICT (id) DO NOTHING', [
        id,
      ])
      const making = unfinishedOf(id)
      await attempt(`write build ${id} to`, async () => {
        await rm(making, {recursive: true, force: true})
        await mkdir(making, {recursive: true})
        for (const {name} of files) {
          await copyFile(join(folder, name), join(making, name), constants.COPYFILE_FICLONE)
          await flush(join(making, name))
        }
        await flush(making)
      })
      return () =>
        attempt(`write build ${id} to`, async () => {
          await rm(join(shared, id), {recursive: true, force: true})
          await rename(making, join(shared, id))
          await flush(shared)
        })
    },

    async fetch(id, files, {folder, signal}) {
      await attempt(
        `copy build ${id} from`,
        async () => {
          for (const {name} of files) {
            signal?.throwIfAborted()
            await copyFile(join(shared, id, name), join(folder, name), constants.COPYFILE_FICLONE)
            await flush(join(folder, name))
          }
        },
        signal,
      )
    },

    async collect() {
      const rows = await postgres.rows<{id: string}>(
        `SELECT id FROM docent.build_folders
         WHERE NOT EXISTS (SELECT FROM docent.builds WHERE builds.id = build_folders.id)`,
      )
      for (const {id} of rows) {
        await attempt(`remove build ${id} from`, async () => {
          await rm(join(shared, id), {recursive: true, force: true})
          await rm(unfinishedOf(id), {recursive: true, force: true})
        })
        await postgres.run('DELETE FROM docent.build_folders WHERE id = $1', [id])
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
