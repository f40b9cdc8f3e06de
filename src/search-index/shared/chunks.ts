import {createHash} from 'node:crypto'
import type {FileHandle} from 'node:fs/promises'

/**
 * Size of the chunks that a file is kept in, in bytes; the last one is shorter. Small enough that an edited page leaves most
 * chunks of an index as they were, and large enough that a query brings many megabytes.
 */
export const chunkBytes = 1 << 17

/** SHA-256 of a chunk, by which it is known. */
export function hashOfChunk(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

export function chunkCount(bytes: number): number {
  return Math.ceil(bytes / chunkBytes)
}

/** The chunk at a place; shorter, or empty, where the file ends. A new buffer each. */
export async function readChunk(file: FileHandle, part: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(chunkBytes)
  let length = 0
  while (length < chunkBytes) {
    const {bytesRead} = await file.read(buffer, length, chunkBytes - length, part * chunkBytes + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}
