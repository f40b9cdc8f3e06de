import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {openPostgres} from '../../postgres/index.ts'
import {staffQuestionFile, storedStaffQuestions} from '../../question-sets/index.ts'

/** A copy of the golden questions of a database, as a question file. */
export interface StoredGolden {
  /** Null where there are none. */
  readonly file: string | null
  /** Removes the copy. */
  remove(): Promise<void>
}

/**
 * Copies the golden questions of the staff from a database to a folder that other users of this machine cannot read.
 * @throws DocentError `config` for an address that cannot be read, `storage` for a database that cannot be used.
 */
export async function copyStoredGolden(url: string): Promise<StoredGolden> {
  const postgres = await openPostgres({url, connections: 1})
  let text: string | null
  try {
    text = await storedStaffQuestions(postgres)
  } finally {
    await postgres.close()
  }
  if (text === null) return {file: null, remove: async () => {}}
  const folder = await mkdtemp(join(tmpdir(), 'docent-golden-'))
  const file = join(folder, staffQuestionFile)
  await writeFile(file, text, {mode: 0o600})
  return {file, remove: () => rm(folder, {recursive: true, force: true})}
}
