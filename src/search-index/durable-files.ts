import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {open, rename, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

const maxChunkBytes = 1 << 20

/** Size and SHA-256 of a file, read in chunks so that the event loop is not blocked. */
export async function fingerprintOf(path: string): Promise<{bytes: number; sha256: string}> {
  const hash = createHash('sha256')
  const {size} = await stat(path)
  // Each chunk has a buffer: no larger than the file, or opening a small build costs the collector megabytes.
  const highWaterMark = Math.min(Math.max(size, 1), maxChunkBytes)
  for await (const chunk of createReadStream(path, {highWaterMark})) hash.update(chunk as Buffer)
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

/** Replaces a file atomically: a reader, or a restart after a crash, finds the old content or the new. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`
  const handle = await open(temporary, 'w')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, path)
  await flush(dirname(path))
}
