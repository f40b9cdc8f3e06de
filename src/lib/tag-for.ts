/** The first of the wanted language tags, BCP 47, that is known: exactly, or else by its language. Null if none is. */
export function tagFor<Tag extends string>(known: readonly Tag[], wanted: readonly string[]): Tag | null {
  for (const tag of wanted) {
    const language = tag.split('-')[0]!.toLowerCase()
    const found =
      known.find((each) => each.toLowerCase() === tag.toLowerCase()) ??
      known.find((each) => each.split('-')[0] === language)
    if (found !== undefined) return found
  }
  return null
}
