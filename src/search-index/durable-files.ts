import {createHash, randomBytes} from 'node:crypto'
import {open, rename} from 'node:fs/promises'
import {dirname} from 'node:path'

const maxChunkBytes = 1 << 20

/**
 * Size and SHA-256 of a file, read in chunks so that the event loop is not blocked, each into one of two buffers while the
 * other one is hashed. A stream would take a new buffer for each chunk, and read nothing meanwhile.
 */
export async function fingerprintOf(path: string): Promise<{bytes: number; sha256: string}> {
  const handle = await open(path, 'r')
  try {
    const hash = createHash('sha256')
    // No larger than the file, or opening a small build costs the collector megabytes.
    const length = Math.min(Math.max((await handle.stat()).size, 1), maxChunkBytes)
    let [next, spare] = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)]
    let bytes = 0
    let reading = handle.read(next, 0, length)
    for (;;) {
      const {bytesRead} = await reading
      if (bytesRead === 0) return {bytes, sha256: hash.digest('hex')}
      const read = next.subarray(0, bytesRead)
      ;[next, spare] = [spare, next]
      reading = handle.read(next, 0, length)
      // An error is thrown where it is awaited.
      reading.catch(() => undefined)
      hash.update(read)
      bytes += bytesRead
    }
  } finally {
    await handle.close()
  }
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
  // Processes of several containers may have the same number.
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.new`
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
