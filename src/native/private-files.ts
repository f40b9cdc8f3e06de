import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {DocentError} from '../domain/index.ts'

/**
 * Makes a folder, and those above it that are missing, for this user alone. One that is there stays as it is, because
 * it may be shared on purpose, as a mounted volume is; but a clone's `data`, where nothing has been written yet, counts
 * as new.
 * @throws DocentError `storage`.
 */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700})
    if (isUnusedClone(folder)) makePrivate(folder)
  } catch (cause) {
    throw new DocentError(
      'storage',
      `${folder} cannot be made: ${(cause as Error).message}. Check DATA_DIR.`,
      {cause},
    )
  }
}

/** Whether a folder holds only the README that the repository puts there. */
function isUnusedClone(folder: string): boolean {
  try {
    return readdirSync(folder).join('/') === 'README.md'
  } catch {
    // A folder that may be entered but not listed.
    return false
  }
}

/** Makes an empty file, or the one that a link leads to, for this user alone, unless it is there. @throws what the file system says. */
export function makePrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
}

/**
 * Takes all rights on a file from everybody but its owner. A file that is not there, or not ours, stays as it is.
 * @returns as `exposureOf`, of what is left.
 */
export function makePrivate(file: string): string | null {
  try {
    const {mode} = statSync(file)
    if ((mode & 0o077) !== 0) chmodSync(file, mode & 0o700)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EROFS') throw error
  }
  return exposureOf(file)
}

/** That others on this machine may read or change a file, and what to do; null when they may not, or none is there. */
export function exposureOf(file: string): string | null {
  const uid = process.getuid?.()
  const found = statSync(file, {throwIfNoEntry: false})
  // Without users there are no such rights.
  if (uid === undefined || found === undefined || (found.mode & 0o077) === 0) return null
  const quoted = `'${file.replaceAll("'", "'\\''")}'`
  const owner = found.uid === uid ? '' : `it belongs to user ${found.uid}; `
  return `${file} is open to other users of this machine: ${owner}as root, run chown ${uid} ${quoted} && chmod 600 ${quoted}`
}

/** Lets only this process's user write what it and its children make from now on, whatever the umask it was given. */
export function keepOthersFromWriting(): void {
  process.umask(process.umask() | 0o022)
}

/** A file that nobody else can read at any time. Close it, or discard it. */
export interface NewPrivateFile {
  write(text: string): void
  close(): void
  /** Closes and removes it. */
  discard(): void
}

/** Makes a file to write to. @throws DocentError `storage`, also when it is there: nothing is overwritten. */
export function createPrivateFile(file: string): NewPrivateFile {
  let descriptor: number
  try {
    descriptor = openSync(file, 'wx', 0o600)
  } catch (cause) {
    const {code, message} = cause as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'is there already; name another file' : `cannot be made: ${message}`
    throw new DocentError('storage', `${file} ${why}.`, {cause})
  }
  const close = () => closeSync(descriptor)
  return {
    write: (text) => writeFileSync(descriptor, text),
    close,
    discard() {
      close()
      rmSync(file, {force: true})
    },
  }
}
