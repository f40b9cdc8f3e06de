import {activateBuild} from '../../ingestion/index.ts'
import {howToRun} from '../../package/index.ts'
import {localBuilds} from '../../search-index/index.ts'
import {say, sayJson} from '../terminal.ts'

/** Shows the builds kept, the current one marked. */
export async function listKeptBuilds(dataDir: string, asJson: boolean): Promise<number> {
  const builds = await localBuilds(dataDir).list()
  if (asJson) sayJson({builds})
  else if (builds.length === 0)
    say(`There are no builds in ${dataDir}; ${howToRun('ingest')} makes the first.`)
  for (const {id, isCurrent, manifest, problem} of asJson ? [] : builds) {
    const facts = manifest
      ? `${manifest.createdAt}  ${manifest.counts.pages} pages, ${manifest.counts.passages} passages, ${manifest.embedding.name}`
      : `cannot be used: ${problem}`
    say(`${isCurrent ? '*' : ' '} ${id}  ${facts}`)
  }
  return 0
}

/** Makes an earlier build current; without an id the one before. */
export async function rollBack(dataDir: string, id: string | undefined, asJson: boolean): Promise<number> {
  const manifest = await activateBuild(localBuilds(dataDir), id)
  if (asJson) sayJson({outcome: 'activated', build: manifest.id})
  else say(`${manifest.id} is current: ${manifest.counts.pages} pages, made ${manifest.createdAt}.`)
  return 0
}
