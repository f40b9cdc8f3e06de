// Lets Node run the TypeScript sources: node --import ./src/typescript/register.mjs src/main.ts
import module, {createRequire} from 'node:module'

const problem = problemOf(process.versions.node)
if (problem !== null) {
  process.stderr.write(`${problem}\n`)
  process.exit(1)
}

// What an error's stack says are lines of the sources.
process.setSourceMapsEnabled(true)
if (typeof module.registerHooks === 'function') {
  const {load} = await import('./hooks.mjs')
  module.registerHooks({load})
} else {
  // Node 20: the hook runs in a thread of its own.
  module.register('./hooks.mjs', import.meta.url)
}

/** What is wrong with the running Node or the installed packages, before anything is loaded with them. */
function problemOf(node) {
  const [major, minor] = node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    return `Docent needs Node.js 20.19 or newer; this is ${node}. Install a newer one, then run npm ci.`
  }
  const require = createRequire(import.meta.url)
  try {
    require.resolve('esbuild')
  } catch {
    return 'The packages of Docent are not installed. Run npm ci.'
  }
  try {
    require.resolve(`@esbuild/${process.platform}-${process.arch}/package.json`)
    return null
  } catch {
    // It may have found its program elsewhere.
  }
  try {
    require('esbuild').transformSync('')
    return null
  } catch {
    return `esbuild is not installed for ${process.platform}-${process.arch}. Run npm ci on this machine, with optional packages.`
  }
}
