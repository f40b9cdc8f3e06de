/** Probability that a random right item scores above a random wrong one, ties counted half; null when either list is empty. */
export function auroc(right: readonly number[], wrong: readonly number[]): number | null {
  if (right.length === 0 || wrong.length === 0) return null
  const all = [
    ...right.map((score) => ({score, isRight: true})),
    ...wrong.map((score) => ({score, isRight: false})),
  ].sort((a, b) => a.score - b.score)
  // Mann–Whitney U: the rank sum of the right items; ties share their mean rank.
  let rankSum = 0
  for (let at = 0; at < all.length; ) {
    let to = at
    while (to < all.length && all[to]!.score === all[at]!.score) to++
    const rank = (at + 1 + to) / 2
    for (let index = at; index < to; index++) if (all[index]!.isRight) rankSum += rank
    at = to
  }
  return (rankSum - (right.length * (right.length + 1)) / 2) / (right.length * wrong.length)
}
