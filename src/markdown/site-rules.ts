import type {Dialect} from './flattening/dialect.ts'
import type {SyntaxRules} from './flattening/syntax-rules.ts'
import type {FrontMatter} from './front-matter.ts'
import type {PageOpening} from './opening.ts'

/** Makes the fragments of one page's headings, as its site does. */
export interface AnchorMaker {
  /** Returns the fragment for a heading's visible text; depth is 1 to 6. Call it once for each heading, in reading order. */
  ofHeading(text: string, depth: number): string
  /** Registers an id that the author set and returns it unchanged; on sites that do so, later repeats avoid it. */
  ofExplicit(id: string): string
  /** Whether terms of definition lists have, or may have, fragments made as those of headings. */
  readonly hasTerms: boolean
}

/** What becomes of a file on its site. */
export interface PagePlace {
  /** Its address, percent-encoded: an absolute URL from front matter, or a route such as `/guides/auth`. No fragment. */
  readonly url: string
  /** The version of the docs that it belongs to; null where there is only one. */
  readonly version: string | null
  /** BCP 47; null where the project does not say it. */
  readonly lang: string | null
  /** Where it stands among the pages of its folder, the lowest first; null where neither its front matter nor its name says so. */
  readonly position: number | null
  /** Why it is not a page for readers; null if it is one. */
  readonly setAside: SetAside | null
}

/** Why a file is no page for readers. */
export interface SetAside {
  /** `draft` and `noindex`: its author says so. `hidden`: the site's search leaves it out. `partial`: it is a part of other pages. */
  readonly rule: 'draft' | 'noindex' | 'hidden' | 'partial'
  /** Completes “the page is set aside: …”. */
  readonly reason: string
}

/** What has to be known about a site to read its pages as it does. A site generator provides it. */
export interface SiteRules {
  readonly generator: string
  /** Whether a link in another letter case than its page's is certainly broken. */
  readonly keepsLetterCase: boolean
  /** Whether a link to an anchor alone may mean one of any page. */
  readonly hasSharedAnchors: boolean
  /** Whether nobody knows how the site makes an anchor of a heading. */
  readonly guessesAnchors: boolean
  /** Whether a heading of an include that stands first is no title of a page. */
  readonly namesPagesByFile: boolean
  /** Whether `.md` files are MDX too. */
  readonly mdxInMarkdown: boolean
  /** Whether a `.md` file counts as MDX if its text looks like it: true unless the generator cannot have MDX. */
  readonly mayHaveMdx: boolean
  /** Tried in this order. The same list for every page of a site. */
  readonly dialects: readonly Dialect[]
  readonly syntax: SyntaxRules
  /** Folders below the project's root; includes may be written as below one of them. */
  readonly contentRoots: readonly string[]
  /** Other folders of the project that the paths of includes are below, the first before the others. */
  readonly includeFolders: readonly string[]
  /** The values of macros such as `{{< param "version" >}}`. */
  readonly params: Readonly<Record<string, string>>
  anchors(): AnchorMaker
  /** The path below the project's root of a file below the content folder. */
  projectPathOf(path: string): string
  /** The other way round; for files outside the content folder, the path below the project's root. */
  contentPathOf(projectPath: string): string
  /** The language of the folder of translations that a file is in, or of its ending; null for other files. */
  translationOf(path: string): string | null
  /** The values of macros on a page: those of the site and its own. `path` is below the content folder. */
  paramsOf(path: string, frontMatter: FrontMatter): Readonly<Record<string, string>>
  /** What the page shows of its front matter above its body; null for nothing. */
  openingOf(frontMatter: FrontMatter): PageOpening | null
  /** `path` is below the content folder. */
  placeOf(path: string, frontMatter: FrontMatter): PagePlace
}
