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

/** A title made of a name without its ending: `02-getting-started` → `Getting started`. */
export function titleOfName(name: string): string {
  const words =
    name
      .replace(/^\d+[-_.]\s*/, '')
      .replace(/[-_]+/g, ' ')
      .trim() || name
  return words.charAt(0).toUpperCase() + words.slice(1)
}
