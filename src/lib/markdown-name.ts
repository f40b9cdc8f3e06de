/** `.md` and `.mdx`, and the other endings that GitHub and the generators take for Markdown. */
const ending = /\.(?:mdx?|markdown|mdown|mkdn?)$/i

/** Whether a file is Markdown, by its name. */
export function isMarkdownName(path: string): boolean {
  return ending.test(path)
}

/** The path without its ending if that is one of Markdown. */
export function withoutMarkdownEnding(path: string): string {
  return path.replace(ending, '')
}
