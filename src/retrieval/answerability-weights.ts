/** Written by `npm run fit-answerability`, which reads the features of the evaluation sets. */
export const answerabilityWeights = {
  similarity: 7.415,
  domain: 10.038,
  familiarity: -1.726,
  phrases: 1.815,
  missing: -1.662,
  distinctive: 1.456,
  together: 2.029,
  size: -2.496,
}

/** The score below which Docent abstains. */
export const leastScore = -1.793
