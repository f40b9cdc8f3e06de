/** A program that makes a site from Markdown files. */
export interface SiteGenerator {
  /** The same name as in Docent. */
  readonly name: string
  /** Where it is installed from: npm packages with exact versions, or a Debian package, whose program may have another name. */
  readonly from: {readonly packages: readonly string[]} | {readonly debian: string; readonly program?: string}
  readonly inSmoke: boolean
  /** The project's folder for pages. */
  readonly pages: string
  /** Renames a shared page: generators use different names for the index page of a folder. */
  readonly nameOf?: (path: string) => string
  /**
   * Builds the project in a folder.
   * @returns the folder of the built site
   * @throws Error with the output when it fails
   */
  build(project: string): string
  /** Whether an element contains the text of a page, by its tag, classes and role. */
  isContent(tag: string, classes: readonly string[], role: string | null): boolean
  /** Whether an element lists the pages in their order. Default: the order is not compared. */
  isSidebar?(tag: string, classes: readonly string[]): boolean
  /** The routes of the pages whose sidebars are read. Default: `/`. */
  readonly sidebarsOn?: readonly string[]
  /** Built pages that belong to no Markdown file, or to one that is hidden from search. */
  readonly ownPages: readonly string[]
  /** The built page whose text another one has for lack of a translation. Default: no page has the text of another. */
  originalOf?(file: string): string
  /** Known differences, each with its reason. */
  readonly known: Readonly<Record<string, string>>
}
