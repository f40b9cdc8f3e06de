/** float32, little-endian, as in memory on every supported platform. */
export function vectorToBlob(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
}

/** A copy: the blob's memory belongs to the database driver and may not be aligned. */
export function vectorFromBlob(blob: Uint8Array): Float32Array {
  return new Float32Array(blob.slice().buffer)
}
