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

/** The app cannot be built, for a reason that the user can fix: show only the `message`. */
export class BuildError extends Error {
  /** @override */
  name = 'BuildError'
}

const dayMs = 24 * 60 * 60_000
/** Number of folders that are kept whatever their age. */
const keptAtLeast = 3
const inUseEveryMs = 60 * 60_000

/**
 * Fills a temporary folder beside `folder` and renames it, so that nobody sees an incomplete one. If another process was
 * faster, its folder stays: folders are named by their content.
 * @param {string} folder
 * @param {(temporary: string) => Promise<unknown> | void} fill
 * @throws {BuildError} if it cannot be written.
 */
export async function putFolder(folder, fill) {
  const temporary = join(dirname(folder), `.new-${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    mkdirSync(temporary, {recursive: true})
    await fill(temporary)
    renameSync(temporary, folder)
  } catch (error) {
    if (!existsSync(folder)) throw asBuildError(error, dirname(folder))
  } finally {
    removeIfThere(temporary)
  }
}

/** @param {string} path */
function removeIfThere(path) {
  try {
    rmSync(path, {recursive: true, force: true})
  } catch {
    // It could not be created either.
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
 * Writes a small file atomically.
 * @param {string} file
 * @param {string} text
 */
export function putFile(file, text) {
  if (textOf(file) === text) return
  const temporary = `${file}.${process.pid}`
  try {
    writeFileSync(temporary, text)
    renameSync(temporary, file)
  } finally {
    removeIfThere(temporary)
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
 * Marks a folder as in use as long as this process runs, so that `removeOld` keeps it.
 * @param {string} folder
 */
export function keepInUse(folder) {
  const mark = () => {
    try {
      utimesSync(folder, new Date(), new Date())
    } catch {
      // No permission; then other users without permission cannot remove it either.
    }
  }
  mark()
  setInterval(mark, inUseEveryMs).unref()
}

/**
 * Removes the folders in `folder` that have not been used for a day, except for the newest few.
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
    // Another process removes them at the same time, or there is no permission: the next build tries again.
  }
}
