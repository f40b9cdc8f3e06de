// Copies the app to its place in an installed package, which then builds nothing: node scripts/build/pack.mjs
import {cpSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {BuildError} from './dist-folder.mjs'
import {ensureApp} from './ensure-app.mjs'
import {root} from './paths.mjs'

const packaged = join(root, 'dist/package')
try {
  const {folder} = await ensureApp()
  rmSync(packaged, {recursive: true, force: true})
  cpSync(folder, packaged, {recursive: true})
} catch (error) {
  if (!(error instanceof BuildError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
