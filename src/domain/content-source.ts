/** Where pages come from. Its pages are one site, with addresses, languages and versions of its own. */
export type ContentSource = FolderSource | RepositorySource

interface NamedSource {
  /** Lowercase letters, digits and hyphens; unique. Null for a single source without a name. */
  readonly name: string | null
  /** The site generator of its pages; null finds it. */
  readonly generator: string | null
}

/** A folder on this machine. */
export interface FolderSource extends NamedSource {
  readonly kind: 'folder'
  readonly folder: string
}

/** A folder of a git repository. */
export interface RepositorySource extends NamedSource {
  readonly kind: 'repository'
  /** As git takes it: `https://…`, `ssh://…`, `git@host:path` or `file:///…`. Never contains a password. */
  readonly url: string
  /** A branch or a tag; null for the repository's default branch. */
  readonly branch: string | null
  /** The folder of its pages, below the repository's root; empty for the root. */
  readonly folder: string
}

/** A single folder without a name. */
export function folderSource(folder: string, generator: string | null = null): FolderSource {
  return {kind: 'folder', name: null, folder, generator}
}

/** A source for people: its name and where it is. */
export function sourceShown(source: ContentSource): string {
  const name = source.name === null ? '' : `${source.name}=`
  if (source.kind === 'folder') return `${name}${source.folder}`
  const place = [source.branch ?? '', ...(source.folder === '' ? [] : [source.folder])].join(':')
  return `${name}${source.url}${place === '' ? '' : `#${place}`}`
}

/** Where the docs are published: one address, or that of each source by its name; null where this server shows them. */
export type SiteUrl = string | null | Readonly<Record<string, string>>
