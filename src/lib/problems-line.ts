/** A thousand mistakes get no huge response. */
export const maxProblems = 5

/**
 * What is wrong with a request, in one line: the first few problems, and how many more there are.
 * @param count how many there are, where not all are given
 */
export function problemsLine(problems: readonly string[], count = problems.length): string {
  const more = count > maxProblems ? [`and ${count - maxProblems} more`] : []
  return [...problems.slice(0, maxProblems), ...more].join('; ')
}
