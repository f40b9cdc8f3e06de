import {DocentError} from '../../domain/index.ts'
import {howToRun} from '../../package/index.ts'
import {
  type ReadOptions,
  readTranscripts,
  type Transcript,
  type TranscriptsReader,
} from '../../transcripts/index.ts'

/** By its id, the start of one, or its ref. @throws DocentError `not_found`. */
export async function findTranscript(
  store: TranscriptsReader,
  id: string,
  options: ReadOptions,
): Promise<Transcript> {
  const exact = await store.get(id, options)
  if (exact !== null) return exact
  const near = await store.idsStartingWith(id, 5)
  const only = near.length === 1 ? await store.get(near[0]!, options) : null
  if (only !== null) return only
  const hint =
    near.length > 1 ? `It matches ${near.join(', ')}.` : `${howToRun('transcripts', 'list')} lists the ids.`
  throw new DocentError('not_found', `There is no transcript ${id}. ${hint}`)
}

/** The same where nothing else is read. @throws DocentError `not_found`, `storage`. */
export async function transcriptIn(file: string, id: string): Promise<Transcript> {
  const store = readTranscripts(file)
  return findTranscript(store, id, {}).finally(() => store.close())
}
