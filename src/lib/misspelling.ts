/** Whether letters are swapped, or one is wrong or missing, or two in a long name. */
export function isMisspellingOf(written: string, name: string): boolean {
  if (Math.abs(written.length - name.length) > 2) return false
  const sorted = (text: string): string => [...text].sort().join('')
  return sorted(written) === sorted(name) || editDistance(written, name) <= (name.length > 12 ? 2 : 1)
}

/** Levenshtein distance, with two rows. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({length: b.length + 1}, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row.push(
        Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)),
      )
    }
    previous = row
  }
  return previous[b.length]!
}
