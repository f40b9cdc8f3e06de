import matter from 'gray-matter'

/** A YAML document, read as front matter is. */
export function yamlOf(text: string): unknown {
  return matter(`---\n${text}\n---\n`).data
}
