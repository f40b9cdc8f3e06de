import {englishFeatureNames} from '../../src/retrieval/english-answerability.ts'
import type {FittedDecision} from './fit-answerability.ts'

/** The text of `src/retrieval/answerability-weights.ts`. */
export function weightsModule({weights, leastScore}: FittedDecision): string {
  const rounded = (value: number) => String(Number(value.toFixed(3)))
  return [
    '/** Written by `npm run fit-answerability`, which reads the features of the evaluation sets. */',
    'export const answerabilityWeights = {',
    ...englishFeatureNames.map((name) => `  ${name}: ${rounded(weights[name])},`),
    '}',
    '',
    '/** The score below which Docent abstains. */',
    `export const leastScore = ${rounded(leastScore)}`,
    '',
  ].join('\n')
}
