/** Bytes that wait in this process for somebody who reads slowly. */
const maxWaiting = 256 * 1024

/**
 * From now on nothing waits for standard error, whoever writes there: what its reader leaves unread is dropped, and a line
 * says how much that was once there is room again. A client need not read it, and most pipes hold 64 KB: the next line
 * would stop the process for good.
 *
 * Writes to a pipe through `process.stderr` are asynchronous on POSIX; `fs.writeSync`, as pino's own destinations use, is
 * not.
 */
export function dropUnreadStderr(): void {
  const {stderr} = process
  const write = stderr.write.bind(stderr) as (chunk: string | Uint8Array, done: Done) => boolean
  let dropped = 0
  // Its reader may have gone.
  stderr.on('error', () => {})
  stderr.write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, callback?: Done): boolean => {
    const done = (typeof encoding === 'function' ? encoding : callback) ?? (() => {})
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(encoding)) : chunk
    if (stderr.writableLength > maxWaiting || !stderr.writable) {
      dropped += bytes.length
      process.nextTick(done)
      return true
    }
    if (dropped > 0) {
      // As a line of the log.
      const msg = `${dropped} bytes of the log were dropped: nobody read them`
      write(`${JSON.stringify({level: 40, time: Date.now(), msg})}\n`, () => {})
      dropped = 0
    }
    return write(bytes, done)
  }
}

type Done = (error?: Error | null) => void

function encodingOf(given: BufferEncoding | Done | undefined): BufferEncoding {
  return typeof given === 'string' ? given : 'utf8'
}
