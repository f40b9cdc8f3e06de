import {howToRun} from '../../package/index.ts'
import type {ReadOptions, Transcript, TranscriptsReader} from '../../transcripts/index.ts'
import {foundById} from '../found-by-id.ts'
import type {Stores} from '../stores.ts'

/** By its id, the start of one, or its ref. @throws DocentError `not_found`. */
export function findTranscript(
  store: TranscriptsReader,
  id: string,
  options: ReadOptions,
): Promise<Transcript> {
  return foundById(id, {
    what: 'transcript',
    listing: howToRun('transcripts', 'list'),
    get: (wanted) => store.get(wanted, options),
    idsStartingWith: (start, limit) => store.idsStartingWith(start, limit),
  })
}

/** The same where nothing else is read. @throws DocentError `not_found`, `storage`. */
export async function transcriptIn(stores: Stores, id: string): Promise<Transcript> {
  const store = (await stores.transcripts()).read()
  return findTranscript(store, id, {}).finally(() => store.close())
}
