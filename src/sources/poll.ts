import {setTimeout as sleep} from 'node:timers/promises'
import type {RepositorySource} from '../domain/index.ts'
import type {GitAccess} from './git.ts'
import {failureText} from './git-failure-text.ts'
import {remoteCommit} from './remote.ts'

export interface PollOptions {
  readonly sources: readonly RepositorySource[]
  readonly access: (source: RepositorySource) => GitAccess
  readonly minutes: number
  readonly signal: AbortSignal
  /** The commit of a source that the index has; null where it has none. Asked once, at the beginning. */
  readonly indexed: (source: RepositorySource) => string | null
  /** Ingests. Resolves with the sources that could not be brought up to date, which are asked again. */
  readonly reindex: () => Promise<readonly RepositorySource[]>
  /** Called when a source cannot be asked or an ingest fails, once for each reason in a row. */
  readonly onProblem: (problem: string) => void
  /** Default: a timer. Rejects when aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** A source that fails again and again is asked at every 2nd, 4th, … turn, up to this. */
const maxTurnsApart = 16
/** Up to this share of a wait is added or taken, so that many servers do not ask in the same second. */
const jitter = 0.1

interface Polled {
  readonly source: RepositorySource
  /** The commit that was ingested, or refused by a gate. */
  commit: string | null
  failures: number
  nextTurn: number
  problem: string | null
}

/**
 * Asks repositories at intervals whether their branches have another commit, and ingests where one has. Nothing is
 * fetched or ingested otherwise, and never two ingests at once. Resolves when aborted.
 */
export async function pollRepositories(options: PollOptions): Promise<void> {
  const {minutes, signal, wait = defaultWait} = options
  const polled = options.sources.map(
    (source): Polled => ({source, commit: options.indexed(source), failures: 0, nextTurn: 0, problem: null}),
  )
  for (let turn = 0; !signal.aborted; turn++) {
    try {
      await takeTurn(polled, turn, options)
      await wait(minutes * 60_000 * (1 - jitter + 2 * jitter * Math.random()), signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}

const defaultWait = (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(ms, undefined, {signal, ref: false})

async function takeTurn(polled: readonly Polled[], turn: number, options: PollOptions): Promise<void> {
  const {signal, access, reindex} = options
  const changed = new Map<Polled, string>()
  for (const one of polled.filter(({nextTurn}) => nextTurn <= turn)) {
    const {source} = one
    try {
      const commit = await remoteCommit(source, {...access(source), signal})
      if (commit !== one.commit) changed.set(one, commit)
      else succeeded(one)
    } catch (error) {
      signal.throwIfAborted()
      failed(one, turn, failureText(error, source, access(source)), options)
    }
  }
  if (changed.size === 0) return
  try {
    const behind = await reindex()
    for (const [one, commit] of changed) {
      if (behind.includes(one.source)) failed(one, turn, null, options)
      else {
        one.commit = commit
        succeeded(one)
      }
    }
  } catch (error) {
    signal.throwIfAborted()
    for (const one of changed.keys()) failed(one, turn, (error as Error).message, options)
  }
}

function succeeded(one: Polled): void {
  one.failures = 0
  one.problem = null
}

/** `problem` is null if somebody else reports it. */
function failed(one: Polled, turn: number, problem: string | null, {onProblem}: PollOptions): void {
  one.failures++
  one.nextTurn = turn + Math.min(maxTurnsApart, 2 ** one.failures / 2)
  if (problem !== null && problem !== one.problem) onProblem(problem)
  one.problem = problem
}
