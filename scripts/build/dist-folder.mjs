import {randomBytes} from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {dirname, join} from 'node:path'

/** Nothing can be run, for a reason that whoever started it can mend: `message` is all that need be shown. */
export class BuildError extends Error {
  /** @override */
  name = 'BuildError'
}

const dayMs = 24 * 60 * 60_000
/** However old. */
const keptAtLeast = 3
const inUseEveryMs = 60 * 60_000

/**
 * Fills a folder beside `folder` and renames it, so that nobody sees half of it. When another process was faster, what
 * it made stays: a folder is named by what is in it.
 * @param {string} folder
 * @param {(beside: string) => Promise<unknown> | void} fill
 * @throws {BuildError} when the disk does not take it.
 */
export async function putFolder(folder, fill) {
  const beside = join(dirname(folder), `.new-${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    mkdirSync(beside, {recursive: true})
    await fill(beside)
    renameSync(beside, folder)
  } catch (error) {
    if (!existsSync(folder)) throw asBuildError(error, dirname(folder))
  } finally {
    removeIfThere(beside)
  }
}

/** @param {string} path */
function removeIfThere(path) {
  try {
    rmSync(path, {recursive: true, force: true})
  } catch {
    // It could not be made either.
  }
}

/**
 * @param {unknown} error
 * @param {string} folder
 */
function asBuildError(error, folder) {
  const {code, message, errors} = /** @type {{code?: string, message: string, errors?: unknown}} */ (error)
  if (['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR'].includes(code ?? '')) {
    return new BuildError(
      `Docent must be built first, and ${folder} cannot be written (${code}). Run npm run build as a user who may write there.`,
      {cause: error},
    )
  }
  return errors === undefined ? error : new BuildError(`Docent cannot be built. ${message}`, {cause: error})
}

/**
 * Writes a small file at once or not at all.
 * @param {string} file
 * @param {string} text
 */
export function putFile(file, text) {
  if (textOf(file) === text) return
  const beside = `${file}.${process.pid}`
  try {
    writeFileSync(beside, text)
    renameSync(beside, file)
  } finally {
    removeIfThere(beside)
  }
}

/** @param {string} file */
function textOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/**
 * Marks a folder as in use, now and as long as this process runs: `removeOld` leaves it.
 * @param {string} folder
 */
export function keepInUse(folder) {
  const mark = () => {
    try {
      utimesSync(folder, new Date(), new Date())
    } catch {
      // Not ours to write: then others who may not write either do not remove it.
    }
  }
  mark()
  setInterval(mark, inUseEveryMs).unref()
}

/**
 * Removes the folders in `folder` that nobody has used for a day, but for the newest few.
 * @param {string} folder
 */
export function removeOld(folder) {
  try {
    const folders = readdirSync(folder, {withFileTypes: true})
      .filter((entry) => entry.isDirectory())
      .map(({name}) => ({path: join(folder, name), usedAt: statSync(join(folder, name)).mtimeMs}))
      .sort((one, other) => other.usedAt - one.usedAt)
    for (const {path, usedAt} of folders.slice(keptAtLeast)) {
      if (Date.now() - usedAt > dayMs) rmSync(path, {recursive: true, force: true})
    }
  } catch {
    // Another process removes them at the same time, or nobody may: the next build tries again.
  }
}
