import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {setTimeout as delay} from 'node:timers/promises'
import {docent} from './docent-command.ts'

/** A process of `docent serve`, with what it has written so far. */
export interface ServeProcess {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
}

/** One that is ready. */
export interface ReadyProcess extends ServeProcess {
  readonly url: string
  /** Resolves with its exit code; null if a signal ended it. */
  readonly exited: Promise<number | null>
}

/** Maximum time of a start on a busy machine. */
const readyMs = 90_000

/** Starts the server as a process of its own, with nothing in its environment but `env` and `PATH`. */
export function launchServe(cwd: string, env: Readonly<Record<string, string>>): ServeProcess {
  const child = spawn(process.execPath, [...docent('serve')], {
    cwd,
    env: {PATH: process.env['PATH'] ?? '', ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text
  })
  return {child, stdout: () => out, stderr: () => err}
}

/** Resolves when the server says that it is ready. @throws Error with what it wrote if it ends before, or is not in time. */
export async function untilReady(launched: ServeProcess): Promise<ReadyProcess> {
  const {child, stdout, stderr} = launched
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const startedAt = performance.now()
  for (;;) {
    const url = /Docent is ready: (http:\S+?)\/\n/.exec(stdout())?.[1]
    if (url !== undefined) return {...launched, url, exited}
    const hasEnded = child.exitCode !== null || child.signalCode !== null
    if (hasEnded || performance.now() - startedAt > readyMs) {
      throw new Error(`The server is not ready:\n${stdout()}${stderr()}`)
    }
    await delay(20)
  }
}
