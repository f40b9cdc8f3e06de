import {DocentError} from '../domain/index.ts'
import type {BuildStore, Manifest} from '../search-index/index.ts'

/**
 * Makes a kept build current again: the one with this id, by default the one before the current one. Running servers
 * switch to it by themselves.
 * @throws DocentError `not_found`, `index_damaged`, or `locked` while an ingest runs.
 */
export async function activateBuild(
  builds: Pick<BuildStore, 'currentId' | 'list' | 'lock' | 'activate'>,
  id?: string,
): Promise<Manifest> {
  const lock = await builds.lock()
  try {
    return await builds.activate(id ?? (await earlierId(builds)))
  } finally {
    await lock.release()
  }
}

/** The newest build older than the current one. */
async function earlierId(builds: Pick<BuildStore, 'currentId' | 'list'>): Promise<string> {
  const current = await builds.currentId()
  const earlier = (await builds.list()).find(({id}) => current === null || id < current)
  if (earlier === undefined) {
    throw new DocentError('not_found', `There is no build before ${current ?? 'the first'}.`)
  }
  return earlier.id
}
