import matter from 'gray-matter'

/** Parses a YAML document with the front matter parser. */
export function yamlOf(text: string): unknown {
  return matter(`---\n${text}\n---\n`).data
}
