/** One observation; `weight` is its share of the whole. */
export interface Observation {
  readonly values: readonly number[]
  readonly isPositive: boolean
  readonly weight: number
}

export interface LogisticModel {
  readonly weights: readonly number[]
  readonly bias: number
}

const iterations = 40

/**
 * Logistic regression with a ridge penalty on the weights of standardised values, by Newton's method. Bishop, Pattern
 * Recognition and Machine Learning, 2006, section 4.3.3. The model is for values as they were given.
 */
export function logisticRegression(observations: readonly Observation[], ridge: number): LogisticModel {
  const width = observations[0]?.values.length ?? 0
  const {means, deviations} = momentsOf(observations, width)
  const rows = observations.map(({values, isPositive, weight}) => ({
    values: [...values.map((value, at) => (value - means[at]!) / deviations[at]!), 1],
    target: isPositive ? 1 : 0,
    weight,
  }))
  const parameters = new Array<number>(width + 1).fill(0)
  for (let iteration = 0; iteration < iterations; iteration++) {
    const gradient = parameters.map((value, at) => (at < width ? -ridge * value : 0))
    const hessian = parameters.map((_, row) =>
      parameters.map((__, column) => (row === column && row < width ? ridge : 0)),
    )
    for (const {values, target, weight} of rows) {
      const p = 1 / (1 + Math.exp(-values.reduce((sum, value, at) => sum + value * parameters[at]!, 0)))
      const curvature = weight * p * (1 - p)
      for (let row = 0; row <= width; row++) {
        gradient[row]! += weight * (target - p) * values[row]!
        for (let column = 0; column <= width; column++)
          hessian[row]![column]! += curvature * values[row]! * values[column]!
      }
    }
    for (const [at, step] of solve(hessian, gradient).entries()) parameters[at]! += step
  }
  const weights = means.map((_, at) => parameters[at]! / deviations[at]!)
  return {
    weights,
    bias: parameters[width]! - weights.reduce((sum, weight, at) => sum + weight * means[at]!, 0),
  }
}

function momentsOf(observations: readonly Observation[], width: number) {
  const columns = Array.from({length: width}, (_, at) => observations.map(({values}) => values[at]!))
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length)
  const deviations = columns.map(
    (column, at) =>
      Math.sqrt(column.reduce((sum, value) => sum + (value - means[at]!) ** 2, 0) / column.length) || 1,
  )
  return {means, deviations}
}

/** Solves `matrix · x = vector` by Gaussian elimination with partial pivoting. */
function solve(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, vector[at]!])
  const size = rows.length
  for (let at = 0; at < size; at++) {
    let pivot = at
    for (let row = at + 1; row < size; row++)
      if (Math.abs(rows[row]![at]!) > Math.abs(rows[pivot]![at]!)) pivot = row
    ;[rows[at], rows[pivot]] = [rows[pivot]!, rows[at]!]
    for (let row = at + 1; row < size; row++) {
      const factor = rows[row]![at]! / rows[at]![at]!
      for (let column = at; column <= size; column++) rows[row]![column]! -= factor * rows[at]![column]!
    }
  }
  const solution = new Array<number>(size).fill(0)
  for (let at = size - 1; at >= 0; at--) {
    let sum = rows[at]![size]!
    for (let column = at + 1; column < size; column++) sum -= rows[at]![column]! * solution[column]!
    solution[at] = sum / rows[at]![at]!
  }
  return solution
}
