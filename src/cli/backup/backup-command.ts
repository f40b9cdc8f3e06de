import {existsSync, mkdirSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {DocentError} from '../../domain/index.ts'
import {backUpDatabaseFile, createPrivateFile} from '../../native/index.ts'
import {howToRun} from '../../package/index.ts'
import {staffQuestionFile} from '../../question-sets/index.ts'
import {loadSettings} from '../../settings/index.ts'
import {exitCodeOf} from '../exit-code.ts'
import {noteInAudit} from '../staff/note-in-audit.ts'
import {type StoresSettings, withStores} from '../stores.ts'
import {UsageError} from '../usage-error.ts'

/** Databases of the data folder that nothing else can be made from. */
const databases = ['transcripts.sqlite', 'staff.sqlite', 'verified.sqlite', 'gaps.sqlite'] as const

/** Files of the data folder that nothing else can be made from, and that are replaced as a whole. */
const files = [staffQuestionFile] as const

const help = `Usage: ${howToRun('backup', 'FOLDER [OPTIONS]')}

Copies ${[...databases, ...files].join(', ')} to a new or empty folder that only you can
read, also while the server runs. The index is not copied: it is made from the docs.

With DATABASE_URL, transcripts, people, the audit log and verified answers are in that database. It is not copied:
pg_dump --schema=docent makes a backup of it.

Options
  --data DIR              The server's data folder (default: DATA_DIR, or data).
`

export interface BackupCommandEnvironment {
  readonly settings: () => StoresSettings
  readonly print: (text: string) => void
  readonly warn: (text: string) => void
}

/** `docent backup`: all databases of the data folder, also while the server runs. */
export async function run(args: readonly string[]): Promise<number> {
  return backupCommand(args, {
    settings: loadSettings,
    print: (text) => process.stdout.write(text),
    warn: (text) => process.stderr.write(text),
  })
}

/** Returns the exit code: 0 done, 1 not possible, 2 bad usage or settings. */
export async function backupCommand(
  args: readonly string[],
  environment: BackupCommandEnvironment,
): Promise<number> {
  return exitCodeOf('backup', () => command(args, environment), environment.warn)
}

async function command(
  args: readonly string[],
  {settings, print, warn}: BackupCommandEnvironment,
): Promise<number> {
  const {values, positionals} = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {help: {type: 'boolean', short: 'h'}, data: {type: 'string'}},
  })
  if (values.help) {
    print(help)
    return 0
  }
  const [folder, ...more] = positionals
  if (folder === undefined) throw new UsageError('backup needs the FOLDER to write')
  if (more.length > 0) throw new UsageError(`unexpected ${more.join(' ')}`)
  const {dataDir: ofServer, databaseUrl = null} = settings()
  const dataDir = values.data ?? ofServer
  const beside =
    databaseUrl === null
      ? ''
      : 'Transcripts, people, the audit log and verified answers are in the database of DATABASE_URL: pg_dump --schema=docent makes a backup of them.'
  const isThere = (name: string) => existsSync(join(dataDir, name))
  const found = databases.filter(isThere)
  const foundFiles = files.filter(isThere)
  if (found.length + foundFiles.length === 0) {
    throw new DocentError(
      'storage',
      `${dataDir} has nothing to copy. ${beside || "Set DATA_DIR to the server's data folder."}`,
    )
  }
  makeEmptyFolder(folder)
  for (const name of found) {
    await backUpDatabaseFile(join(dataDir, name), join(folder, name))
    print(`Copied ${name}\n`)
    if (name === 'transcripts.sqlite')
      await withStores({dataDir, databaseUrl}, (stores) =>
        noteInAudit(stores, {what: 'transcripts_backed_up'}, warn),
      )
  }
  for (const name of foundFiles) {
    copyWhole(join(dataDir, name), join(folder, name))
    print(`Copied ${name}\n`)
  }
  if (beside !== '') warn(`${beside}\n`)
  return 0
}

/** @throws DocentError `storage`. */
function copyWhole(from: string, to: string): void {
  let text: string
  try {
    text = readFileSync(from, 'utf8')
  } catch (cause) {
    throw new DocentError('storage', `${from} cannot be read: ${(cause as Error).message}`, {cause})
  }
  const copy = createPrivateFile(to)
  try {
    copy.write(text)
  } catch (cause) {
    copy.discard()
    throw new DocentError('storage', `${to} cannot be written: ${(cause as Error).message}`, {cause})
  }
  copy.close()
}

/** @throws DocentError `storage`. */
function makeEmptyFolder(folder: string): void {
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700})
    if (readdirSync(folder).length === 0) return
  } catch (cause) {
    throw new DocentError('storage', `${folder} cannot be used: ${(cause as Error).message}`, {cause})
  }
  throw new DocentError('storage', `${folder} is not empty. Name a new folder: no backup is overwritten.`)
}
