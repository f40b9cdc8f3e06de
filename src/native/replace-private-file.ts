import {open, rename, rm} from 'node:fs/promises'
import {dirname} from 'node:path'

/**
 * Replaces a file that only this user can read, durably and in one step: a reader, or a restart after a crash, finds the
 * old text or the new.
 * @param isStillSo asked when the new text is on the disk; false leaves the old file as it is
 * @returns whether it was replaced
 * @throws a system error; the old file is as it was then
 */
export async function replacePrivateFile(
  file: string,
  text: string | Uint8Array,
  isStillSo: () => Promise<boolean> = async () => true,
): Promise<boolean> {
  const temporary = `${file}.${process.pid}.new`
  try {
    // Left by a process with the same id that was killed: it may have other permissions.
    await rm(temporary, {force: true})
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (!(await isStillSo())) {
      await rm(temporary, {force: true})
      return false
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, {force: true}).catch(() => undefined)
    throw error
  }
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
  return true
}
