/** The terms of a section by column, in reading order, as `termsOf` of `text/` makes them. */
export interface SectionTerms {
  readonly title: readonly string[]
  readonly headings: readonly string[]
  readonly text: readonly string[]
}
