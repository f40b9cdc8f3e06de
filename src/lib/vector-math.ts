/** The dot product of two vectors of the same length: their cosine when both are unit vectors. */
export function dot(a: Float32Array, b: Float32Array): number {
  return dotAt(a, b, 0)
}

/** The dot product of `one` and the vector in `many` that begins at `offset`. */
export function dotAt(one: Float32Array, many: Float32Array, offset: number): number {
  const {length} = one
  // Four accumulators, because each addition to one of them has to wait for the one before it.
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  let index = 0
  for (; index + 3 < length; index += 4) {
    first += one[index]! * many[offset + index]!
    second += one[index + 1]! * many[offset + index + 1]!
    third += one[index + 2]! * many[offset + index + 2]!
    fourth += one[index + 3]! * many[offset + index + 3]!
  }
  for (; index < length; index++) first += one[index]! * many[offset + index]!
  return first + second + (third + fourth)
}

/** Adds a vector times `factor` to `sum`, which has the same length. */
export function addScaled(sum: Float32Array, vector: Float32Array, factor: number): void {
  const {length} = sum
  // Four at a time, as above: the loop costs more than the addition.
  let index = 0
  for (; index + 3 < length; index += 4) {
    sum[index] = sum[index]! + factor * vector[index]!
    sum[index + 1] = sum[index + 1]! + factor * vector[index + 1]!
    sum[index + 2] = sum[index + 2]! + factor * vector[index + 2]!
    sum[index + 3] = sum[index + 3]! + factor * vector[index + 3]!
  }
  for (; index < length; index++) sum[index] = sum[index]! + factor * vector[index]!
}
