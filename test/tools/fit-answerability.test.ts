import {expect, test} from 'vitest'
import {seededRandom} from '../../src/lib/random.ts'
import {englishFeatureNames} from '../../src/retrieval/english-answerability.ts'
import type {Row} from '../../tools/fit-answerability/collect-rows.ts'
import {fitDecision, leaveOneSetOut} from '../../tools/fit-answerability/fit-answerability.ts'
import {logisticRegression} from '../../tools/fit-answerability/logistic-regression.ts'
import {weightsModule} from '../../tools/fit-answerability/write-weights.ts'

test('logistic regression finds the weights that made the observations', () => {
  const random = seededRandom(3)
  const observations = Array.from({length: 20_000}, () => {
    const values = [random() * 4 - 2, random() * 10, random()]
    const score = 1.5 * values[0]! - 0.4 * values[1]! + 1
    return {values, isPositive: random() < 1 / (1 + Math.exp(-score)), weight: 1 / 20_000}
  })

  const {weights, bias} = logisticRegression(observations, 1e-6)

  expect(weights[0]).toBeCloseTo(1.5, 0)
  expect(weights[1]).toBeCloseTo(-0.4, 1)
  expect(Math.abs(weights[2]!)).toBeLessThan(0.3)
  expect(Math.abs(bias - 1)).toBeLessThan(0.3)
})

/** Questions of two sets that `distinctive` tells apart, mostly; one build of the two scores higher throughout. */
function madeUpRows(): Row[] {
  const random = seededRandom(5)
  return ['low', 'high'].flatMap((set) =>
    (['own', 'cross', 'general', 'synthetic'] as const).flatMap((kind) =>
      Array.from({length: 100}, (_, number): Row => {
        const isOwn = kind === 'own' || kind === 'synthetic'
        const distinctive = (isOwn ? 0.6 : 0.1) + 0.3 * random() + (set === 'high' ? 0.1 : 0)
        const features = Object.fromEntries(
          englishFeatureNames.map((name) => [name, name === 'distinctive' ? distinctive : 0.5]),
        )
        const from = kind === 'cross' ? 'elsewhere' : null
        const question = `${kind} ${number}`
        return {
          build: set,
          set,
          isPart: false,
          kind,
          from,
          question,
          sections: 100,
          features: features as unknown as NonNullable<Row['features']>,
        }
      }),
    ),
  )
}

test('a decision refuses others and hardly any of its own, also in a set that it was not fitted to', () => {
  const rows = madeUpRows()

  const {weights} = fitDecision(rows, 0.02)
  const figures = leaveOneSetOut(rows, 0.02)

  expect(weights.distinctive).toBeGreaterThan(0)
  expect(weights.domain).toBeCloseTo(0, 6)
  for (const {refused} of figures) {
    expect(refused['cross']).toBeGreaterThan(0.7)
    expect(refused['own']).toBeLessThan(0.3)
  }
})

test('weights are written as a module, and the same rows give the same text', () => {
  const module = weightsModule(fitDecision(madeUpRows(), 0.02))

  expect(module).toBe(weightsModule(fitDecision(madeUpRows(), 0.02)))
  for (const name of englishFeatureNames) expect(module).toMatch(new RegExp(`^  ${name}: -?\\d`, 'm'))
})
