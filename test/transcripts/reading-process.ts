/** A process that has staff read its transcripts, and then goes on until it is killed. Told the file by message. */
import {openTranscripts} from '../../src/transcripts/open-transcripts.ts'

process.once('message', async (file: string) => {
  const transcripts = openTranscripts({file})
  await transcripts.list({})
  process.send?.('read')
})
