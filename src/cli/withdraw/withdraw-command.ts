import {existsSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {DocentError, type SiteUrl} from '../../domain/index.ts'
import {cleanText} from '../../lib/clean-text.ts'
import {howToRun} from '../../package/index.ts'
import {loadSettings} from '../../settings/index.ts'
import {pageTest, type Withdrawal} from '../../transcripts/index.ts'
import {exitCodeOf} from '../exit-code.ts'
import {noteInAudit} from '../staff/note-in-audit.ts'
import {type Stores, type StoresSettings, storesInFolder, withStores} from '../stores.ts'
import {UsageError} from '../usage-error.ts'
import {removeBuildsWith} from './kept-builds.ts'

const help = `Usage: ${howToRun('withdraw', 'PAGE [OPTIONS]')}

Takes a page that must not be read any more out of what is kept of it. PAGE is its address, as sources of answers have it, or
its path below the docs. First remove it from the docs and reindex: the current index must not have it.

- Kept builds with the page are removed. They cannot be made current again.
- In transcripts, its title, address and words are taken out of the sources. An answer that cites it, or was shown it and
  cites nothing, loses its words as well. Questions, times, ratings and reviews stay.
- Gaps name it no more.

With DATABASE_URL, builds are those of all servers, which remove their copies. Builds that a data folder had before, and that
were never published for all, stay in it: remove them if they may have the page.

It works while the server runs. Not reached are backups, exports and replays that were written to files, the browsers of
visitors, and what staff wrote themselves: verified answers (which are not given without their page), golden questions, notes
and corrected answers.

Options
  --dry-run               Say what it would do, and change nothing.
  --data DIR              The server's data folder (default: DATA_DIR, or data).
`

export interface WithdrawCommandEnvironment {
  readonly settings: () => StoresSettings & {readonly siteUrl: SiteUrl}
  readonly print: (text: string) => void
  readonly warn: (text: string) => void
}

/** `docent withdraw`: takes a page that was removed from the docs out of kept builds and transcripts. */
export async function run(args: readonly string[]): Promise<number> {
  return withdrawCommand(args, {
    settings: loadSettings,
    print: (text) => process.stdout.write(text),
    warn: (text) => process.stderr.write(text),
  })
}

/** Returns the exit code: 0 done, 1 not possible or not erased whole, 2 bad usage or settings. */
export async function withdrawCommand(
  args: readonly string[],
  environment: WithdrawCommandEnvironment,
): Promise<number> {
  return exitCodeOf('withdraw', () => command(args, environment), environment.warn)
}

async function command(args: readonly string[], environment: WithdrawCommandEnvironment): Promise<number> {
  const {values, positionals} = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: {type: 'boolean', short: 'h'},
      data: {type: 'string'},
      'dry-run': {type: 'boolean'},
    },
  })
  if (values.help) {
    environment.print(help)
    return 0
  }
  const [page, ...more] = positionals
  if (page === undefined || page.trim() === '')
    throw new UsageError('withdraw needs the PAGE, as its address or its path below the docs')
  if (more.length > 0) throw new UsageError(`unexpected ${more.join(' ')}`)
  const isDryRun = values['dry-run'] === true
  const {siteUrl, ...set} = environment.settings()
  const dataDir = values.data ?? set.dataDir
  return withStores({...set, dataDir}, (stores) =>
    withdraw({...environment, stores, page, isDryRun, siteUrl}),
  )
}

interface Call extends Omit<WithdrawCommandEnvironment, 'settings'> {
  readonly stores: Stores
  readonly page: string
  readonly isDryRun: boolean
  readonly siteUrl: SiteUrl
}

/** @returns the exit code. */
async function withdraw({stores, page, isDryRun, siteUrl, print, warn}: Call): Promise<number> {
  const {dataDir} = stores
  // Before a build is removed: where the transcripts cannot be reached, the addresses of the page must still be known later.
  const transcripts = await stores.transcripts()
  const builds = await removeBuildsWith(namesOf(page), {
    ...{siteUrl, isDryRun},
    builds: await stores.builds(),
  })
  const urls = [...new Set([...builds.urls, ...namesOf(page).filter(isAddress)])]
  if (urls.length === 0) {
    throw new DocentError(
      'not_found',
      `No kept build has ${page}, so its address is not known. Give its address instead of its path, as the sources of answers have it.`,
    )
  }
  const file = stores.fileOf('transcripts')
  const {answers, emptied, running, isErased}: Withdrawal =
    file === null || existsSync(file)
      ? await transcripts.withdrawPage(urls, {
          isDryRun,
          onWait: (waiting) =>
            warn(`Answers with the page that are being written: ${waiting}. Waiting for them.\n`),
        })
      : {answers: 0, emptied: 0, running: 0, isErased: true}
  const gaps = isDryRun ? 0 : await forgetInGaps(stores, urls)
  const removed = builds.ids.length + builds.unreadable.length
  if (removed + answers + running + gaps === 0) {
    throw new DocentError(
      'not_found',
      `Nothing that is kept names ${page}. Give its address as the sources of answers have it; what was withdrawn before is named no more.`,
    )
  }
  if (!isDryRun) {
    const details = {page, builds: removed, answers, emptied, gaps}
    await noteInAudit(stores, {what: 'page_withdrawn', details}, warn)
  }

  const words = isDryRun
    ? {builds: 'Kept builds that would be removed', emptied: 'their words would go as well'}
    : {builds: 'Kept builds that were removed', emptied: 'their words are gone as well'}
  print(`${isDryRun ? 'To withdraw' : 'Withdrawn'}: ${urls.map(cleanText).join(', ')}\n`)
  print(`${words.builds}: ${removed || 'none'}.\n`)
  for (const id of builds.ids) print(`  ${id}\n`)
  for (const id of builds.unreadable) print(`  ${id} (cannot be read, so it may have the page)\n`)
  print(`Answers that named the page: ${answers}. Of these, ${emptied} rested on it: ${words.emptied}.\n`)
  if (file === null) warnOfUnused(dataDir, warn)
  if (running > 0) {
    warn(
      `Answers with the page that are still being written: ${running}. Run it again when they have ended, with its address: ${cleanText(urls[0]!)}\n`,
    )
  }
  if (isErased) return running > 0 && !isDryRun ? 1 : 0
  warn(
    'Another process is reading the transcripts, so copies of the removed text are left in the file. A running server erases them within a minute after that process has ended; otherwise run this again.\n',
  )
  return 1
}

/** With a database, what is kept of a page may also be in a file that no server uses. */
function warnOfUnused(dataDir: string, warn: (text: string) => void): void {
  const unused = storesInFolder(dataDir).fileOf('transcripts')
  if (unused !== null && existsSync(unused))
    warn(
      `Left as it is, since with DATABASE_URL no server uses it: ${unused}. Remove it if nobody needs it.\n`,
    )
}

const isAddress = (name: string) => /^(?:\/|https?:)/i.test(name)

/** What a page may be called that somebody names: an address from a browser is also its path on this server. */
function namesOf(page: string): string[] {
  return /^https?:/i.test(page) && URL.canParse(page) ? [page, new URL(page).pathname] : [page]
}

/** Also in the data folder where the gaps are in a database: it may take them over yet. */
async function forgetInGaps(stores: Stores, urls: readonly string[]): Promise<number> {
  const folder = storesInFolder(stores.dataDir)
  const file = folder.fileOf('gaps')
  const all = stores.fileOf('gaps') === null ? [stores] : []
  if (file !== null && existsSync(file)) all.push(folder)
  let forgotten = 0
  for (const one of all) {
    const gaps = await one.gaps()
    try {
      forgotten += await gaps.forgetPage(pageTest(urls))
    } finally {
      gaps.close()
    }
  }
  return forgotten
}
