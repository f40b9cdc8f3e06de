import {DocentError} from '../../domain/index.ts'
import {activateBuild, type IngestReport, summaryOf} from '../../ingestion/index.ts'
import {howToRun} from '../../package/index.ts'
import {
  type BuildStore,
  type ListedBuild,
  listedAsServed,
  openCurrentBuild,
} from '../../search-index/index.ts'
import {printJsonValue, printText} from '../terminal.ts'

/** Prints the stored builds and marks the one that a server serves. */
export async function listBuilds(
  store: BuildStore,
  {place, asJson}: {readonly place: string; readonly asJson: boolean},
): Promise<number> {
  const builds = await servedBuilds(store)
  if (asJson) printJsonValue({builds})
  else if (builds.length === 0)
    printText(`There are no builds in ${place}; ${howToRun('ingest')} creates the first.`)
  for (const {id, isCurrent, manifest, problem} of asJson ? [] : builds) {
    const details = manifest
      ? `${manifest.createdAt}  ${manifest.counts.pages} pages, ${manifest.counts.passages} passages, ${manifest.embedding.name}`
      : `cannot be used: ${problem}`
    printText(`${isCurrent ? '*' : ' '} ${id}  ${details}`)
  }
  return 0
}

/** As a server that starts now finds them. */
async function servedBuilds(store: BuildStore): Promise<readonly ListedBuild[]> {
  const builds = await store.list()
  if (builds.length === 0) return builds
  const current = await openCurrentBuild(store)
  try {
    return listedAsServed(builds, current)
  } finally {
    await current.close()
  }
}

/** Makes an earlier build current; without an id, the previous one. */
export async function rollBack(builds: BuildStore, id: string | undefined, asJson: boolean): Promise<number> {
  const manifest = await activateBuild(builds, id)
  if (asJson) printJsonValue({outcome: 'activated', build: manifest.id})
  else printText(`${manifest.id} is current: ${manifest.counts.pages} pages, created ${manifest.createdAt}.`)
  return 0
}

/** Prints what the ingest that made a build reported; without an id, that of the current one. @throws DocentError `not_found`. */
export async function showReport(
  builds: BuildStore,
  id: string | undefined,
  asJson: boolean,
): Promise<number> {
  const which = id ?? (await builds.currentId())
  const json = which === null ? null : await builds.report(which)
  if (json === null)
    throw new DocentError('not_found', `No report is kept of ${which ?? 'a current build: there is none'}.`)
  const report = JSON.parse(json) as IngestReport
  if (asJson) printJsonValue(report)
  else printText(summaryOf(report))
  return 0
}
