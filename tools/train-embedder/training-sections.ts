import {createReadStream} from 'node:fs'
import {createInterface} from 'node:readline'
import {createGunzip} from 'node:zlib'
import {z} from 'zod'
import {DocentError} from '../../src/domain/index.ts'

/** A section of documentation to train on. */
export interface TrainingSection {
  /** The repository or product it comes from. */
  readonly source: string
  /** The page's file; consecutive sections with the same source, path and title are neighbours. */
  readonly path: string
  readonly title: string
  /** From the page's top heading down to this section's; empty for text before the first. */
  readonly headings: readonly string[]
  readonly text: string
}

const line = z.object({
  source: z.string().default(''),
  path: z.string().default(''),
  title: z.string().default(''),
  headings: z.array(z.string()).default([]),
  text: z.string(),
})

/**
 * Reads JSON lines, gzipped when the name ends in `.gz`, one section per line, in file order.
 * @throws DocentError `invalid_request` that names the file and line at fault.
 */
export async function* readSections(file: string): AsyncGenerator<TrainingSection> {
  const bytes = createReadStream(file)
  const plain = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
  // `pipe` does not forward errors.
  bytes.on('error', (error) => plain.destroy(error))
  let number = 0
  try {
    for await (const text of createInterface({input: plain, crlfDelay: Number.POSITIVE_INFINITY})) {
      number++
      if (text.trim() !== '') yield line.parse(JSON.parse(text))
    }
  } catch (error) {
    const where = number === 0 ? file : `${file}:${number}`
    throw new DocentError('invalid_request', `${where}: not a file of training sections`, {cause: error})
  } finally {
    bytes.destroy()
  }
}
