import {addScaled} from '../lib/vector-math.ts'

/**
 * A unit vector as it is kept: a byte for each dimension, which is exact enough to tell how alike questions are, and a
 * quarter of the size.
 */
export function packVector(vector: Float32Array): Buffer {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const factor = largest === 0 ? 0 : 127 / largest
  const bytes = Int8Array.from(vector, (value) => Math.round(value * factor))
  return Buffer.from(bytes.buffer)
}

export function unpackVector(blob: Uint8Array): Float32Array {
  return unit(Float32Array.from(new Int8Array(blob.buffer, blob.byteOffset, blob.byteLength)))
}

/** The sum of vectors, as a gap keeps its middle. */
export function sumOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0)
  for (const vector of vectors) addScaled(sum, vector, 1)
  return sum
}

export function sumToBlob(sum: Float32Array): Buffer {
  return Buffer.from(sum.buffer, sum.byteOffset, sum.byteLength)
}

export function sumFromBlob(blob: Uint8Array): Float32Array {
  // Copied: a part of a larger buffer may begin anywhere.
  return new Float32Array(Uint8Array.from(blob).buffer)
}

/** Of length 1; zeros stay. */
export function unit(vector: Float32Array): Float32Array {
  const norm = Math.hypot(...vector)
  return norm === 0 ? vector : vector.map((value) => value / norm)
}
