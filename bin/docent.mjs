#!/usr/bin/env node
// The docent command. In a checkout it builds what it runs when the sources have changed; an installed package holds
// what it runs.
import {existsSync} from 'node:fs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Docent needs Node.js 20.19 or newer; this is ${process.versions.node}.`)
}
// What an error's stack says are lines of the sources.
process.setSourceMapsEnabled(true)

const builder = new URL('../scripts/build/', import.meta.url)
const folder = existsSync(builder) ? await builtFolder() : new URL('../dist/package/', import.meta.url)
await import(new URL('docent.js', folder).href)

async function builtFolder() {
  const {pathToFileURL} = await import('node:url')
  const {keepInUse} = await import(new URL('dist-folder.mjs', builder).href)
  const {ensureApp} = await import(new URL('ensure-app.mjs', builder).href)
  try {
    const {folder, isNew} = await ensureApp()
    keepInUse(folder)
    if (isNew && process.argv[2] === 'serve')
      process.stdout.write('Built the server, the page and the widget.\n')
    return pathToFileURL(`${folder}/`)
  } catch (error) {
    if (error instanceof Error && error.name === 'BuildError') fail(error.message)
    throw error
  }
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
