import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {open, rename, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

const largestPiece = 1 << 20

/** Size and SHA-256 of a file, read in pieces so that the event loop breathes. */
export async function fingerprintOf(path: string): Promise<{bytes: number; sha256: string}> {
  const hash = createHash('sha256')
  const {size} = await stat(path)
  // A buffer for each piece: no larger than the file, or opening a small build costs the collector megabytes.
  const highWaterMark = Math.min(Math.max(size, 1), largestPiece)
  for await (const piece of createReadStream(path, {highWaterMark})) hash.update(piece as Buffer)
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
