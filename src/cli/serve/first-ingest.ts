import {Presets, SingleBar} from 'cli-progress'
import {DocentError, toDocentError} from '../../domain/index.ts'
import type {SpawnedIngest} from '../../ingestion/index.ts'
import {howToRun} from '../../package/index.ts'
import type {Assistant} from '../../server/index.ts'
import {indexPublished} from '../published-index.ts'
import {printLine} from '../terminal.ts'

export interface FirstIngest {
  /** Where the sources are, for people. */
  readonly places: string
  /** Why there is no usable index. */
  readonly problem: string
  /** Whether the server is stopping. */
  readonly isStopping: () => boolean
}

/** How often to try whether another process that changed the index has ended without publishing one, in milliseconds. */
const retryMs = 3_000

/**
 * Ingests and shows progress: a bar on a terminal, otherwise a line for each stage. Where another process, such as a server
 * that was started together with this one, indexes the docs already, its index is waited for; so is one that this server
 * cannot have.
 * @throws DocentError `gate_failed` if there is still no index afterwards.
 */
export async function ingestFirst(assistant: Assistant, first: FirstIngest): Promise<void> {
  let isWaiting = false
  let shown: string | null = null
  while (!first.isStopping()) {
    const unavailable = assistant.unavailableIndex()
    if (unavailable !== null) {
      if (unavailable !== shown) printLine(`Waiting for the index: ${unavailable}`)
      shown = unavailable
      await indexPublished(assistant, retryMs, first.isStopping)
      if (assistant.indexProblem() !== null) continue
      printLine('The index is there.')
      return
    }
    try {
      return await ingested(assistant, first, isWaiting)
    } catch (thrown) {
      const error = toDocentError(thrown)
      if (error.code !== 'locked') throw error
      if (!isWaiting) {
        const {pid, host} = error.details
        printLine(
          `Waiting: ${pid === undefined ? 'another process' : `process ${pid} on ${host}`} is indexing the docs.`,
        )
      }
      isWaiting = true
    }
    await indexPublished(assistant, retryMs, first.isStopping)
    if (assistant.indexProblem() !== null) continue
    printLine('Another process has indexed the docs.')
    return
  }
}

/** @param isQuiet whether the stages were shown before */
async function ingested(
  {ingest, indexProblem}: Assistant,
  {places, problem, isStopping}: FirstIngest,
  isQuiet: boolean,
): Promise<void> {
  if (!isQuiet) printLine(`Indexing ${places}: ${problem}.`)
  const {progress, report} = ingest({full: false})
  await showProgress(progress, isQuiet)
  if (isStopping()) return
  const {outcome, pages, passages, tookMs, diagnostics, gates, sources} = await report
  if (indexProblem() !== null) {
    const refusals = gates.filter(({passed}) => !passed).map(({detail}) => detail)
    throw new DocentError('gate_failed', [`The index was not published (${outcome}).`, ...refusals].join(' '))
  }
  printLine(`Indexed ${pages.total} pages, ${passages.total} passages in ${(tookMs / 1000).toFixed(1)} s.`)
  for (const {name, problem: cause} of sources) {
    if (cause !== null) printLine(`${name === null ? '' : `${name}: `}${cause}`)
  }
  const problems = diagnostics.filter(
    ({severity, rule}) => severity === 'error' && rule !== 'source-unreachable',
  )
  if (problems.length > 0)
    printLine(`${problems.length} pages could not be read; ${howToRun('ingest')} lists them.`)
}

async function showProgress(progress: SpawnedIngest['progress'], isQuiet: boolean): Promise<void> {
  const bar =
    process.stdout.isTTY && !isQuiet
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
    } else if (step.stage !== stage && (!isQuiet || step.stage !== 'base')) printLine(`  ${step.stage}`)
    stage = step.stage
  }
  bar?.stop()
}
