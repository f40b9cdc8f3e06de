import {transcriptStoreContract} from '../contracts/transcript-store.contract.ts'
import {openForTest, temporaryFile} from './samples.ts'

for (const [name, fileOf] of [
  ['SQLite in a file', temporaryFile],
  ['SQLite in memory', () => ':memory:'],
] as const) {
  transcriptStoreContract(name, async () => {
    const transcripts = openForTest({file: fileOf()})
    return {journal: transcripts, store: transcripts, close: () => transcripts.close()}
  })
}
