import {createPrivateFile} from '../../native/index.ts'
import {csvHeader, csvRowOf, jsonLineOf, type Transcript} from '../../transcripts/index.ts'

/** Prints transcripts one by one, so that an export of any size stays small in memory. */
export async function exportAll(
  all: AsyncIterable<Transcript>,
  format: 'jsonl' | 'csv',
  print: (text: string) => Promise<void>,
): Promise<void> {
  if (format === 'csv') await print(csvHeader)
  for await (const transcript of all)
    await print(format === 'csv' ? csvRowOf(transcript) : jsonLineOf(transcript))
}

/** Writes them to a new file that only this user may read. */
export async function exportToFile(
  path: string,
  all: AsyncIterable<Transcript>,
  format: 'jsonl' | 'csv',
): Promise<void> {
  const file = createPrivateFile(path)
  try {
    await exportAll(all, format, async (text) => file.write(text))
  } catch (error) {
    // Half an export would be taken for a whole one.
    file.discard()
    throw error
  }
  file.close()
}
