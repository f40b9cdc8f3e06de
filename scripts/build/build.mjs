// Builds the app unless it is up to date: node scripts/build/build.mjs
import {BuildError} from './dist-folder.mjs'
import {ensureApp} from './ensure-app.mjs'

try {
  const {folder, isNew} = await ensureApp()
  process.stdout.write(`${isNew ? 'Built' : 'Up to date:'} ${folder}\n`)
} catch (error) {
  if (!(error instanceof BuildError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
