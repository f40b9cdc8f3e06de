/**
 * Some lines of Markdown as one line without its marks, for a list. For short text: what it does takes the square of the
 * length at worst.
 */
export function markdownLine(markdown: string): string {
  return markdown
    .replace(/^[ \t]*(?:`{3,}|~{3,})[^\n]*$/gm, ' ')
    .replace(/^\s*(?:#{1,6}|[-*+]|\d+\.)\s+/gm, '')
    .replace(/\*\*|__|`+/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^[-: |\t]*-[-: |\t]*$/gm, ' ')
    .replace(/[\s|]+/g, ' ')
    .trim()
}
