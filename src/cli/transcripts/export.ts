import {costOfAnswer, type ModelPrices} from '../../domain/index.ts'
import {createPrivateFile} from '../../native/index.ts'
import {csvHeader, csvRowOf, jsonLineOf, replayPageOf, type Transcript} from '../../transcripts/index.ts'

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
  await writeNewFile(path, (write) => exportAll(all, options, async (text) => write(text)))
}

export interface ReplayFileOptions {
  readonly prices: ModelPrices
  /** Where relative addresses of the docs lead to; default: a server on this machine. */
  readonly docsBase?: string
  readonly isRedacted: boolean
}

/** Writes a page that plays the answer to a new file that only this user can read. */
export async function replayToFile(
  path: string,
  transcript: Transcript,
  {prices, docsBase = 'http://127.0.0.1:3000/docs/', isRedacted}: ReplayFileOptions,
): Promise<void> {
  const cost = costOfAnswer(transcript, prices)
  const page = await replayPageOf({transcript: {...transcript, cost}, docsBase, isRedacted})
  await writeNewFile(path, async (write) => write(page))
}

async function writeNewFile(path: string, content: (write: (text: string) => void) => Promise<void>) {
  const file = createPrivateFile(path)
  try {
    await content(file.write)
  } catch (error) {
    // A partial file could be mistaken for a complete one.
    file.discard()
    throw error
  }
  file.close()
}
