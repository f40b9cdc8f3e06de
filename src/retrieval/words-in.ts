/** Stretches of anything but white space. */
export function wordsIn(text: string): number {
  let count = 0
  let inside = false
  for (let index = 0; index < text.length; index++) {
    const space = text.charCodeAt(index) <= 32
    if (!space && !inside) count++
    inside = !space
  }
  return count
}
