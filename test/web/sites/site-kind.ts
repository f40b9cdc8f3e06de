/** A site generator whose sites the widget is tried in. */
export interface SiteKind {
  /** Its folder in test/fixtures/guest-sites. */
  readonly name: string
  /** Its heading in content/widget.md, whose files its folder must have. */
  readonly heading: string
  /**
   * Where it comes from: the folder's own lock file, npm packages with exact versions, or a Debian package, which is
   * there if a command works. Default: its `--help`.
   */
  readonly from:
    | 'lock'
    | {readonly packages: readonly string[]}
    | {readonly debian: string; readonly works?: readonly [string, ...string[]]}
  /** Its folder for pages. */
  readonly pages: string
  /** Name of a page there. Default: the name in the shared pages. */
  readonly nameOf?: (name: string) => string
  /** Whether a page must write its title as a heading. */
  readonly needsHeading: boolean
  /** The program that builds the project in its folder, and its arguments. */
  readonly build: readonly [string, ...string[]]
  /** The folder of the built site. */
  readonly output: string
  readonly search: {
    /** Keys that open the site's search. */
    readonly keys: readonly string[]
    /** Matches an element only while the search is open. */
    readonly open: string
    /** A section of the page of settings that it has found. */
    readonly result: string
    /** The key that leaves it. Default: Escape. */
    readonly leave?: string
  }
  /** Keys that open the assistant: the first of its own that the site leaves free. */
  readonly opens: 'Control+k' | 'Control+i'
  /** The link to the page of settings that the site shows on a desktop. */
  readonly link: string
  /** The part that holds the text of a page. */
  readonly text: string
  /** The site's switch between light and dark, on a desktop; null if it has none. */
  readonly dark: string | null
  /** Whether links within the site are opened by a router, so that the page stays. */
  readonly hasRouter: boolean
}
