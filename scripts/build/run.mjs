// Runs a tool written in TypeScript: node scripts/build/run.mjs FILE [ARGUMENTS]
import {pathToFileURL} from 'node:url'
import {BuildError} from './dist-folder.mjs'
import {ensureApp} from './ensure-app.mjs'

const [, , file, ...args] = process.argv
if (file === undefined) {
  process.stderr.write('Usage: node scripts/build/run.mjs FILE [ARGUMENTS]\n')
  process.exit(2)
}
const program = await built(file)
process.setSourceMapsEnabled(true)
process.argv = [process.execPath, program, ...args]
await import(pathToFileURL(program).href)

/** @param {string} file */
async function built(file) {
  try {
    // Tools start child processes of the app.
    await ensureApp()
    const {buildProgram} = await import('./build-program.mjs')
    return await buildProgram(file)
  } catch (error) {
    const isKnown = error instanceof BuildError || /** @type {Error & {errors?: unknown}} */ (error).errors
    process.stderr.write(
      `${isKnown ? /** @type {Error} */ (error).message : /** @type {Error} */ (error).stack}\n`,
    )
    process.exit(1)
  }
}
