import {fileURLToPath} from 'node:url'
import type {Logger} from 'pino'
import {sourceShown, toDocentError} from '../../domain/index.ts'
import {cleanText} from '../../lib/clean-text.ts'
import {builtFile} from '../../package/index.ts'
import {type DocentServer, openServer} from '../../server/index.ts'
import {describeSettings, type Settings} from '../../settings/index.ts'
import {printLine} from '../terminal.ts'
import {ingestFirst} from './first-ingest.ts'
import {assertPortIsFree, listenError} from './port.ts'
import {readyLines} from './ready-lines.ts'

/** The process of the server: starts it, stops it on a signal, and exits after an uncaught error. */
export class ServerProcess {
  readonly #settings: Settings
  readonly #log: Logger
  #server: DocentServer | null = null
  #isStopping = false

  constructor(settings: Settings, log: Logger) {
    this.#settings = settings
    this.#log = log
    process.on('uncaughtException', (error) => void this.#fail(error))
    process.on('unhandledRejection', (reason) => void this.#fail(reason))
    process.on('SIGTERM', () => void this.#stop('SIGTERM'))
    process.on('SIGINT', () => void this.#stop('SIGINT'))
  }

  /** Resolves when the server is ready or is asked to stop. Exits the process if it cannot start. */
  async start(): Promise<void> {
    try {
      await this.#start()
    } catch (error) {
      await this.#fail(error)
    }
  }

  async #start(): Promise<void> {
    const settings = this.#settings
    const log = this.#log
    log.debug(describeSettings(settings), 'settings')
    // Before anything is opened: a second server started by mistake must not touch the open answers of the first.
    await assertPortIsFree(settings)
    const webDir = fileURLToPath(builtFile('web'))
    const server = await openServer({settings, log, webDir, withProcessMetrics: true})
    this.#server = server
    const {url} = await server.http.listen().catch((error: NodeJS.ErrnoException) => {
      throw listenError(error, settings)
    })
    // A signal may have arrived while opening.
    if (this.#isStopping) return

    const problem = server.indexProblem()
    if (problem !== null) {
      const places = settings.sources.map(sourceShown).join(',')
      await ingestFirst(server, {places, problem, isStopping: () => this.#isStopping})
    }
    if (this.#isStopping) return
    for (const line of readyLines(server, url, settings)) printLine(line)
    server.startPolling()
  }

  /** Accepts no new questions, lets answers finish, ends the rest, closes. A second signal exits at once. */
  async #stop(signal: string): Promise<void> {
    const {shutdownGraceMs: graceMs} = this.#settings
    const log = this.#log
    if (this.#isStopping) {
      log.warn({signal}, 'stopping at once')
      process.exit(1)
    }
    this.#isStopping = true
    log.info({signal, graceMs, active: this.#server?.answering.active ?? 0}, 'stopping')
    try {
      await this.#server?.close(graceMs)
    } catch (error) {
      log.error({err: error}, 'closing failed')
      process.exit(1)
    }
    log.info({}, 'stopped')
    process.exit(0)
  }

  /** After an uncaught error the state cannot be trusted: flushes transcripts and exits the process. */
  async #fail(thrown: unknown): Promise<void> {
    if (this.#isStopping && this.#server === null) process.exit(1)
    this.#isStopping = true
    const error = toDocentError(thrown)
    if (error.code === 'internal') this.#log.fatal({err: error.cause ?? error}, 'fatal')
    else process.stderr.write(`${cleanText(error.message)}\n`)
    const flushed = this.#server?.transcripts.flush().catch(() => {})
    // A disk that hangs must not keep a broken process alive.
    await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, 10_000))])
    process.exit(1)
  }
}
