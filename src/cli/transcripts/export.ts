import {costOfAnswer, type ModelPrices} from '../../domain/index.ts'
import {createPrivateFile} from '../../native/index.ts'
import {csvHeader, csvRowOf, jsonLineOf, type Transcript} from '../../transcripts/index.ts'

export interface ExportOptions {
  readonly format: 'jsonl' | 'csv'
  /** For the cost of each answer in CSV. */
  readonly prices: ModelPrices
}

/** Prints transcripts one by one, so that memory use does not depend on the size of the export. */
export async function exportAll(
  all: AsyncIterable<Transcript>,
  {format, prices}: ExportOptions,
  print: (text: string) => Promise<void>,
): Promise<void> {
  if (format === 'csv') await print(csvHeader)
  for await (const transcript of all)
    await print(
      format === 'csv' ? csvRowOf(transcript, costOfAnswer(transcript, prices)) : jsonLineOf(transcript),
    )
}

/** Writes them to a new file that only this user can read. */
export async function exportToFile(
  path: string,
  all: AsyncIterable<Transcript>,
  options: ExportOptions,
): Promise<void> {
  const file = createPrivateFile(path)
  try {
    await exportAll(all, options, async (text) => file.write(text))
  } catch (error) {
    // A partial export could be mistaken for a complete one.
    file.discard()
    throw error
  }
  file.close()
}
