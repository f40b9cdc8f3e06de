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
 * Creates a folder and its missing parents that only this user can access. An existing folder is not changed, because it
 * may be shared on purpose, as a mounted volume is; but the `data` folder of a clone, before anything is written to it,
 * counts as new.
 * @throws DocentError `storage`.
 */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700})
    if (isUnusedClone(folder)) makePrivate(folder)
  } catch (cause) {
    throw new DocentError(
      'storage',
      `${folder} cannot be created: ${(cause as Error).message}. Check DATA_DIR.`,
      {cause},
    )
  }
}

/** Whether a folder contains only the README from the repository. */
function isUnusedClone(folder: string): boolean {
  try {
    return readdirSync(folder).join('/') === 'README.md'
  } catch {
    // The folder may not be listable.
    return false
  }
}

/** Creates an empty file, or the target of a link, that only this user can access, unless it exists. @throws a system error. */
export function makePrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
}

/**
 * Removes all permissions on a file except those of its owner. A file that is missing or belongs to another user is not
 * changed.
 * @returns as `exposureOf`, afterwards.
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

/** A warning if other users of this machine can read or change a file, with what to do; null if not, or if it is missing. */
export function exposureOf(file: string): string | null {
  const uid = process.getuid?.()
  const found = statSync(file, {throwIfNoEntry: false})
  // Without users there are no such permissions.
  if (uid === undefined || found === undefined || (found.mode & 0o077) === 0) return null
  const quoted = `'${file.replaceAll("'", "'\\''")}'`
  const owner = found.uid === uid ? '' : `it belongs to user ${found.uid}; `
  return `${file} is accessible to other users of this machine: ${owner}as root, run chown ${uid} ${quoted} && chmod 600 ${quoted}`
}

/** Makes files created from now on, by this process and its children, writable only by its user, whatever the umask was. */
export function keepOthersFromWriting(): void {
  process.umask(process.umask() | 0o022)
}

/** A new file that only this user can ever read. Close it or discard it. */
export interface NewPrivateFile {
  write(text: string): void
  close(): void
  /** Closes and removes it. */
  discard(): void
}

/** Creates a file to write to. @throws DocentError `storage`, also if it exists: nothing is overwritten. */
export function createPrivateFile(file: string): NewPrivateFile {
  let descriptor: number
  try {
    descriptor = openSync(file, 'wx', 0o600)
  } catch (cause) {
    const {code, message} = cause as NodeJS.ErrnoException
    const reason = code === 'EEXIST' ? 'already exists; name another file' : `cannot be created: ${message}`
    throw new DocentError('storage', `${file} ${reason}.`, {cause})
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
