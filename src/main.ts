import {existsSync, statSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Presets, SingleBar} from 'cli-progress'
import {pino} from 'pino'
import pretty from 'pino-pretty'
import {DocentError, toDocentError} from './domain/index.ts'
import {cleanJson, cleanLine, cleanText, escapedJson} from './lib/clean-text.ts'
import {builtFile} from './lib/package-files.ts'
import {keepOthersFromWriting} from './native/index.ts'
import {type DocentServer, openServer} from './server.ts'
import {describeSettings, loadSettings, type Settings} from './settings/index.ts'

/**
 * The process: settings, log, signals, and what is told on the terminal. Ready lines go to stdout; the log goes to
 * stderr, as JSON lines when that is no terminal.
 */

keepOthersFromWriting()
const settings = settingsOrExit()
const log = pino(
  {
    level: settings.logLevel,
    base: null,
    // Paths, names and messages of others are in it.
    hooks: {streamWrite: process.stderr.isTTY ? cleanJson : escapedJson},
  },
  process.stderr.isTTY
    ? pretty({destination: 2, sync: true, colorize: true})
    : pino.destination({dest: 2, sync: true}),
)
// Whoever read the ready lines may stop there, as `npm start | head -5` does: answers go on.
process.stdout.on('error', () => {})
const say = (line: string) => process.stdout.write(`${cleanLine(line)}\n`)

let server: DocentServer | null = null
let isStopping = false

process.on('uncaughtException', (error) => void fail(error))
process.on('unhandledRejection', (reason) => void fail(reason))
process.on('SIGTERM', () => void stop('SIGTERM'))
process.on('SIGINT', () => void stop('SIGINT'))

try {
  await start()
} catch (thrown) {
  await fail(thrown)
}

async function start(): Promise<void> {
  log.debug(describeSettings(settings), 'settings')
  // Before anything is opened: a second server by mistake must not touch the first one's open answers.
  await portIsFree()
  server = await openServer({
    settings,
    log,
    webDir: fileURLToPath(builtFile('web')),
    withProcessMetrics: true,
  })
  const {url} = await server.http.listen().catch((error: NodeJS.ErrnoException) => {
    throw listenError(error)
  })
  // Asked to stop while opening.
  if (isStopping) return

  const problem = server.indexProblem()
  if (problem !== null) await ingest(server, problem)
  if (isStopping) return

  const {adminToken, docsToken, supportToken} = settings
  const hasTokens = adminToken !== null || docsToken !== null || supportToken !== null
  const {embedder, generator, current, http} = server
  say('')
  say(`Docent is ready: ${url}/`)
  say(
    hasTokens
      ? `Console:         ${url}/console (sign in with a staff token)`
      : `Console:         ${url}/console?token=${http.staff.issueOneTimeToken()} (works once, for half an hour)`,
  )
  say(`Index:           ${current.id ?? 'none'} of ${settings.contentDir}`)
  say(
    `Embedding model: ${embedder.name}, ${embedder.dimensions} dimensions (${settings.embeddingModel === null ? 'the one in models/' : 'EMBEDDING_MODEL'})`,
  )
  say(`Generator:       ${generator.name}. ${generator.describe()}`)
  if (settings.trustProxy === null) {
    say(
      'Limits:          by address. Behind a proxy set TRUST_PROXY, or all visitors share the limits of one.',
    )
  }
}

/** Shows how far the first ingest is: a bar on a terminal, a line for each stage elsewhere. */
async function ingest({ingest, indexProblem}: DocentServer, problem: string): Promise<void> {
  say(`Indexing ${settings.contentDir}: ${problem}.`)
  const {progress, report} = ingest({full: false})
  const bar = process.stdout.isTTY
    ? new SingleBar(
        {format: 'Indexing [{bar}] {value}/{total} pages {stage}', stream: process.stdout},
        Presets.shades_classic,
      )
    : null
  let stage = ''
  bar?.start(0, 0, {stage})
  for await (const step of progress) {
    if (bar) {
      if (step.total > 0) bar.setTotal(step.total)
      bar.update(step.done, {stage: step.stage})
    } else if (step.stage !== stage) say(`  ${step.stage}`)
    stage = step.stage
  }
  bar?.stop()
  if (isStopping) return
  const {outcome, pages, passages, tookMs, diagnostics, gates} = await report
  if (indexProblem() !== null) {
    const refusals = gates.filter(({passed}) => !passed).map(({detail}) => detail)
    throw new DocentError('gate_failed', [`The index was not published (${outcome}).`, ...refusals].join(' '))
  }
  say(`Indexed ${pages.total} pages, ${passages.total} passages in ${(tookMs / 1000).toFixed(1)} s.`)
  const problems = diagnostics.filter(({severity}) => severity === 'error')
  if (problems.length > 0) say(`${problems.length} pages could not be read; npm run ingest lists them.`)
}

/** Takes no new questions, lets answers finish, tells the rest, closes. Asked again, it ends at once. */
async function stop(signal: string): Promise<void> {
  if (isStopping) {
    log.warn({signal}, 'stopping at once')
    process.exit(1)
  }
  isStopping = true
  log.info({signal, graceMs: settings.shutdownGraceMs, active: server?.answering.active ?? 0}, 'stopping')
  try {
    await server?.close(settings.shutdownGraceMs)
  } catch (error) {
    log.error({err: error}, 'closing failed')
    process.exit(1)
  }
  log.info({}, 'stopped')
  process.exit(0)
}

/** After an error that nobody caught, state cannot be trusted: what is logged is saved and the process ends. */
async function fail(thrown: unknown): Promise<void> {
  if (isStopping && server === null) process.exit(1)
  isStopping = true
  const error = toDocentError(thrown)
  if (error.code === 'internal') log.fatal({err: error.cause ?? error}, 'fatal')
  else process.stderr.write(`${cleanText(error.message)}\n`)
  const flushed = server?.transcripts.flush().catch(() => {})
  // A disk that takes nothing must not keep a broken process alive.
  await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, 10_000))])
  process.exit(1)
}

function portIsFree(): Promise<void> {
  const probe = createServer()
  return new Promise((resolve, reject) => {
    probe.once('error', (error) => reject(listenError(error)))
    probe.listen(settings.port, settings.host, () => probe.close(() => resolve()))
  })
}

function listenError(error: NodeJS.ErrnoException): DocentError {
  const {host, port} = settings
  const message =
    error.code === 'EADDRINUSE'
      ? `Port ${port} is in use already. Stop what uses it, or set PORT to another; 0 picks a free one.`
      : error.code === 'EACCES'
        ? `This user may not listen on port ${port}. Set PORT to one above 1023.`
        : error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'
          ? `${host} is not an address of this machine. Set HOST, as to 127.0.0.1 or 0.0.0.0.`
          : `Cannot listen on ${host}:${port}: ${error.message}`
  return new DocentError('config', message, {cause: error})
}

function settingsOrExit(): Settings {
  try {
    const settings = loadSettings()
    checkContent(settings)
    return settings
  } catch (error) {
    process.stderr.write(`${cleanText(toDocentError(error).message)}\n`)
    process.exit(2)
  }
}

/** Without an index there must be a folder to make one of. Asked before anything is opened. */
function checkContent({contentDir, dataDir}: Settings): void {
  if (existsSync(join(dataDir, 'CURRENT')) || statSync(contentDir, {throwIfNoEntry: false})?.isDirectory()) {
    return
  }
  throw new DocentError(
    'config',
    `CONTENT_DIR: ${JSON.stringify(contentDir)} is no folder, and DATA_DIR holds no index to answer from; name the folder of your Markdown files`,
  )
}
