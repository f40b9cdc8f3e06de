/** A program that makes a site of Markdown files. */
export interface SiteGenerator {
  /** As Docent calls it, too. */
  readonly name: string
  /** What is installed for it: its packages with exact versions, or the program that Debian's package brings. */
  readonly from: {readonly packages: readonly string[]} | {readonly debian: string}
  readonly inSmoke: boolean
  /** The folder of a project that its pages lie in. */
  readonly pages: string
  /** Another name for a page that all sites have: what one generator calls the page of a folder, another does not. */
  readonly nameOf?: (path: string) => string
  /**
   * Builds the project in a folder.
   * @returns the folder of the built site
   * @throws Error with the output when it fails
   */
  build(project: string): string
  /** Whether an element holds the text of a page, by its tag and classes: what is around it is no part of the page. */
  isContent(tag: string, classes: readonly string[], role: string | null): boolean
  /** Built pages that belong to no Markdown file. */
  readonly ownPages: readonly string[]
  /** What Docent thinks differently today, each with the reason. */
  readonly known: Readonly<Record<string, string>>
}
