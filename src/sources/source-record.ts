import {readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {z} from 'zod'

const recordShape = z.object({
  url: z.string(),
  branch: z.string().nullable(),
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  /** ISO 8601. */
  fetchedAt: z.string(),
})

/** What is known of the last checkout of a source. */
export type SourceRecord = z.infer<typeof recordShape>

const fileName = 'source.json'

/** Null without a readable one: then everything is fetched again. */
export function readRecord(folder: string): SourceRecord | null {
  try {
    return recordShape.parse(JSON.parse(readFileSync(join(folder, fileName), 'utf8')))
  } catch {
    return null
  }
}

/** Replaces the record in one step. @throws a system error. */
export function writeRecord(folder: string, record: SourceRecord): void {
  const file = join(folder, fileName)
  const made = `${file}.${process.pid}.new`
  writeFileSync(made, `${JSON.stringify(record, null, 2)}\n`)
  renameSync(made, file)
}
