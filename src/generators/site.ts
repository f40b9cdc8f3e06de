/** A folder of pages. */
export interface PageRoot {
  /** Below the project's root; empty for the root itself. */
  readonly path: string
  /** How the routes of its pages begin: empty, or for example `/docs`. */
  readonly base: string
}

/** How a route ends: `/guide`, `/guide/` or `/guide.html`. */
export type RouteEnd = 'bare' | 'slash' | 'html'

/** A value of a configuration, as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | {readonly [name: string]: Json}

/**
 * A site as it was found in a project: plain data, which is sent to other processes, and whose change is a reason to read
 * every page again.
 */
export interface Site {
  /** The name of its generator. */
  readonly generator: string
  /** The file that says so, below the project's root; null without one. */
  readonly foundIn: string | null
  /** The content folder, below the project's root; empty if it is the root. */
  readonly contentPath: string
  /** The site's own folder, below the project's root. */
  readonly folder: string
  /** Folders of pages; a file belongs to the one with the longest path. Empty: the site's folder is one. */
  readonly roots: readonly PageRoot[]
  /** Whether a configuration names `roots`, and files of the content folder are in them. */
  readonly hasPages: boolean
  /** The beginning of all routes. */
  readonly base: string
  readonly routeEnd: RouteEnd
  /** Folders that the paths of includes are below, besides those of pages; below the project's root, the first wins. */
  readonly includeFolders: readonly string[]
  /** The values of macros such as `{{< param "version" >}}`. */
  readonly params: Readonly<Record<string, string>>
  readonly languages: {
    /** BCP 47; null if the project does not say it. */
    readonly default: string | null
    /** Languages by the folder of their pages, below the project's root. */
    readonly folders: Readonly<Record<string, string>>
    /** Languages by the ending of their files before the extension: `guide.fr.md`. */
    readonly endings: readonly string[]
  }
  readonly versions: {
    /** The version that readers get without asking for one; null if there is only one, or if pages without a version are current. */
    readonly current: string | null
    /** Versions by the folder of their pages, below the project's root. */
    readonly folders: Readonly<Record<string, string>>
  }
  /** What only the generator's own file understands. */
  readonly own: Readonly<Record<string, Json>>
}

/** What a generator's configuration says. Paths are below the site's folder and may begin with `../`. */
export type SiteConfig = Partial<
  Pick<Site, 'roots' | 'base' | 'routeEnd' | 'includeFolders' | 'params' | 'own'> & {
    readonly languages: Partial<Site['languages']>
    readonly versions: Partial<Site['versions']>
  }
>
