import type {StoredPage} from '../../../search-index/index.ts'

/** The listed pages of one source. */
export interface ListedPart {
  /** What their paths begin with; empty where the docs have one source. */
  readonly folder: string
  /** Null stands for pages of none. */
  readonly versions: readonly (string | null)[]
  readonly langs: readonly (string | null)[]
}

export function isListed(parts: readonly ListedPart[], {path, version, lang}: StoredPage): boolean {
  return parts.some(
    ({folder, versions, langs}) =>
      path.startsWith(folder) && versions.includes(version) && langs.includes(lang),
  )
}
