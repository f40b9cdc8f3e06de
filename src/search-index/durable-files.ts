import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {open, rename, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

/** Size and SHA-256 of a file, read in pieces so that the event loop breathes. */
export async function fingerprintOf(path: string): Promise<{bytes: number; sha256: string}> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path, {highWaterMark: 1 << 20})) hash.update(piece as Buffer)
  return {bytes: (await stat(path)).size, sha256: hash.digest('hex')}
}

/** Flushes a file or a folder to the disk. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces a file so that a reader, or a crash, finds the old content or the new, never a part. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const beside = `${path}.${process.pid}.new`
  const handle = await open(beside, 'w')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, path)
  await flush(dirname(path))
}
