import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {buildProblem} from './build-problem.mjs'
import {BuildError, putFile, putFolder, removeOld} from './dist-folder.mjs'
import {root as ownRoot} from './paths.mjs'
import {stampOf} from './stamp.mjs'

/**
 * The app that the sources make, built when it is not there. Each build has a folder named after its sources: a server
 * that runs keeps its own programs while another one is built.
 *
 * `dist/current` names the newest, for whoever has no sources to look at.
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
    // Loads esbuild: only where there is something to build.
    const {buildApp} = await import('./build-app.mjs')
    await putFolder(folder, (beside) => buildApp(root, beside))
  }
  try {
    putFile(join(dist, 'current'), name)
  } catch (error) {
    // An older build is there to be run by those who may not write.
    if (isNew) throw error
  }
  if (isNew) removeOld(dist)
  return {folder, isNew}
}
