import type {Dialect} from '../markdown/dialect-kit.ts'
import type {FrontMatter, PageOpening, SetAside, SyntaxRules} from '../markdown/index.ts'
import type {AnchorRule} from './shared/anchor-rules.ts'
import type {ProjectFolder} from './shared/project-folder.ts'
import type {Site, SiteConfig} from './site.ts'

/** A file of a site. */
export interface SiteFile {
  /** Below the project's root. */
  readonly path: string
  /** The part of the path below its root of pages, without the extension, at slashes; never empty. */
  readonly segments: readonly string[]
  /** How the routes of its root begin. */
  readonly base: string
  readonly frontMatter: FrontMatter
}

/** A place in the navigation that a project writes down: a page, a group of pages, or both. */
export interface NavigationItem {
  /** Null: the title of its page. */
  readonly title: string | null
  /**
   * The page's file below the project's root, with or without its extension, or a folder with `/` at its end, which stands
   * for its pages in their own order; null for a group without a page, and for links.
   */
  readonly path: string | null
  readonly items: readonly NavigationItem[]
}

/** A folder of pages in the navigation. */
export interface FolderLabel {
  /** Null: the title of its index page, or else its name. */
  readonly title: string | null
  /** Null: the position of its index page. */
  readonly position: number | null
}

/** A site generator: how a project that uses it is found, and how it makes pages of files. One file each. */
export interface Generator {
  /** As in `--site`. */
  readonly name: string
  /** As its makers write it. */
  readonly title: string
  /** Its row in the table of what is supported; each a few words. */
  readonly about: {
    readonly foundBy: string
    readonly routes: string
    readonly anchors: string
    /** What says the order of its pages. */
    readonly order: string
    readonly syntaxes: string
    readonly setAside: string
    /** What the rules were compared with: `built` sites, the generator's own `function`, or `published` pages. */
    readonly checked: string
  }
  /** What the configuration in a folder says; null if the folder is no site of this generator. Code is never run. */
  find(folder: ProjectFolder): {readonly foundIn: string | null; readonly config: SiteConfig} | null
  /** What is so where the configuration says nothing. */
  readonly conventions: SiteConfig
  /** The same on all its sites, or by what a site's configuration says. */
  readonly anchors: AnchorRule | ((site: Site) => AnchorRule)
  /**
   * Whether its pages and files keep the letter case of their names on every server: then a link in another is broken.
   * Default: no, as where routes are in lower case.
   */
  readonly keepsLetterCase?: true
  /** Whether a link to an anchor alone may mean one of any page, as with MyST's targets. Default: one of its own. */
  readonly hasSharedAnchors?: true
  /** Whether its anchors are a guess. Then a link is not called broken if it differs in signs and letter case alone. Default: no. */
  readonly guessesAnchors?: true
  /** Whether a page is named as its file rather than by a heading of an include that stands first. Default: no. */
  readonly namesPagesByFile?: true
  /** Which files are MDX. `maybe`: `.md` files whose text looks like it. */
  readonly mdx: 'never' | 'maybe' | 'always'
  /** Constructs that only this generator has, or reads in its own way: tried before all others. Default: none. */
  readonly dialects?: readonly Dialect[]
  /**
   * Constructs of its own that pages of other sites show too, by a plugin or left over from a move: read on every site, after
   * those of the site's own generator. Default: none.
   */
  readonly dialectsElsewhere?: readonly Dialect[]
  /** Where its reader differs from that of plain Markdown, on all its sites or by a site's configuration. Default: nowhere. */
  readonly syntax?: Partial<SyntaxRules> | ((site: Site) => Partial<SyntaxRules>)
  /** Whether a path that front matter sets as `url` or `permalink` is below the site's base. Default: it is the whole path. */
  readonly addressesBelowBase?: true
  /** The file's address, without a fragment unless it is `/#/…` for a router in the browser, for a page without `url` and `permalink` in its front matter. */
  routeOf(file: SiteFile, site: Site): string
  /** The values of macros that the page itself sets, over those of the site. */
  paramsOf?(file: SiteFile, site: Site): Readonly<Record<string, string>>
  /** What the page shows of its front matter above its body, as a home page does; null for nothing, the default. */
  openingOf?(frontMatter: FrontMatter): PageOpening | null
  /** Why the file is no page for readers, in addition to `draft` and `noindex`; null if it is one. */
  setAside?(file: SiteFile, site: Site): SetAside | null
  /**
   * Whether its pages are in its folders of pages alone, so that files elsewhere are set aside wherever a configuration names
   * those folders and files are in them. Default: no; `setAside` decides.
   */
  readonly staysInRoots?: true | ((site: Site) => boolean)
  /** The order of pages that a file of the project writes down, such as a sidebar; null if it writes none. */
  navigation?(folder: ProjectFolder, site: Site): readonly NavigationItem[] | null
  /** Where the page stands among those of its folder by its front matter or its name, the lowest first; null if they do not say. */
  positionOf?(file: SiteFile): number | null
  /** What a file in a folder of pages, such as `_category_.json`, says of its place among others; null if it says nothing. */
  labelOf?(folder: ProjectFolder): FolderLabel | null
}
