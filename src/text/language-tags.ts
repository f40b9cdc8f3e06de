/** Where the language is not known: “undetermined” in BCP 47. */
export const undetermined = 'und'

/** A tag in the form of BCP 47, as `pt-BR` for `pt-br` or `pt_BR`; null for text that is no tag. */
export function canonicalTag(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag.trim().replaceAll('_', '-'))[0] ?? null
  } catch {
    return null
  }
}

/** The language of a tag without region and script: `pt` for `pt-BR`. */
export function primaryOf(tag: string): string {
  return tag.split('-')[0]!.toLowerCase()
}

/** Whether two tags name one written language, whatever the region: `en` and `en-GB`, but not `zh-CN` and `zh-TW`. */
export function isSameLanguage(one: string, other: string): boolean {
  if (one === other) return true
  const [a, b] = [likely(one), likely(other)]
  return a.language === b.language && a.script === b.script
}

/**
 * The tags that serve a reader of `wanted`, best first: itself, then those of the same written language, of which the one
 * that is likely without a region (`pt` means `pt-BR`) comes first and the rest follow as given. Other scripts of the
 * language come last: a reader of `zh-TW` can make something of `zh-CN`.
 */
export function tagsFor(wanted: string, tags: readonly string[]): readonly string[] {
  const rankOf = (tag: string): number => {
    if (tag === wanted) return 0
    if (primaryOf(tag) !== primaryOf(wanted)) return 9
    const isLikely = likely(tag).region === likely(wanted).region
    return (isSameLanguage(tag, wanted) ? 1 : 3) + (isLikely ? 0 : 1)
  }
  return tags
    .map((tag) => ({tag, rank: rankOf(tag)}))
    .filter(({rank}) => rank < 9)
    .sort((one, other) => one.rank - other.rank)
    .map(({tag}) => tag)
}

/** A tag with its likely script and region (UTS #35, likely subtags). */
function likely(tag: string): Intl.Locale {
  return new Intl.Locale(tag).maximize()
}
