// Serves, and restarts after every change of a source: node scripts/build/dev.mjs [OPTIONS OF docent serve]
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {watch} from 'chokidar'
import {BuildError} from './dist-folder.mjs'
import {ensureApp} from './ensure-app.mjs'
import {root} from './paths.mjs'

/** Saving a file in an editor causes several events. */
const settleMs = 100

/** @type {import('node:child_process').ChildProcess | null} */
let server = null
let isEnding = false
/** The last restart; restarts run one after the other. */
let last = Promise.resolve()
/** @type {NodeJS.Timeout | undefined} */
let timer

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    isEnding = true
    // Ctrl-C reaches the server too; a signal to this process alone is passed on.
    if (server === null) process.exit(0)
    else if (signal === 'SIGTERM') server.kill(signal)
  })
}
watch([join(root, 'src'), join(root, 'packages'), join(root, 'package.json')], {ignoreInitial: true}).on(
  'all',
  () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      last = last.then(restart)
    }, settleMs)
  },
)
last = restart()

async function restart() {
  try {
    await ensureApp()
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    // The running server goes on until the sources can be built again.
    process.stderr.write(`${error.message}\n`)
    return
  }
  await end()
  if (isEnding) return
  const child = spawn(process.execPath, [join(root, 'bin/docent.mjs'), 'serve', ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  server = child
  child.once('exit', (code) => {
    if (server === child) server = null
    if (isEnding) process.exit(code ?? 1)
  })
}

/** Stops the server; answers under way may finish, as in any shutdown. */
async function end() {
  if (server === null) return
  const gone = once(server, 'exit')
  server.kill('SIGTERM')
  await gone
}
