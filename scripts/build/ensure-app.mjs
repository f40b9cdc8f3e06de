import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {buildProblem} from './build-problem.mjs'
import {BuildError, putFile, putFolder, removeOld} from './dist-folder.mjs'
import {root as ownRoot} from './paths.mjs'
import {stampOf} from './stamp.mjs'

/**
 * Returns the app of the current sources, and builds it if necessary. Each build has its own folder, named after its
 * sources, so a running server keeps its programs while another build is made.
 *
 * `dist/current` names the newest build, for programs that have no sources to hash.
 * @param {string} root The checkout.
 * @returns {Promise<{folder: string, isNew: boolean}>}
 * @throws {BuildError}
 */
export async function ensureApp(root = ownRoot) {
  const dist = join(root, 'dist')
  const name = `app-${stampOf(root)}`
  const folder = join(dist, name)
  const isNew = !existsSync(folder)
  if (isNew) {
    const problem = buildProblem()
    if (problem !== null) throw new BuildError(problem)
    // Imported here because it loads esbuild, which is needed only for building.
    const {buildApp} = await import('./build-app.mjs')
    await putFolder(folder, (temporary) => buildApp(root, temporary))
  }
  try {
    putFile(join(dist, 'current'), name)
  } catch (error) {
    // An existing build can also be run by users who may not write.
    if (isNew) throw error
  }
  if (isNew) removeOld(dist)
  return {folder, isNew}
}
