import {codeInclude, type Dialect, include, type Line, type Reading} from '../../markdown/dialect-kit.ts'

/** Included files: PyMdown's snippets, and the code of FastAPI's docs. */
export const mkdocsSnippets: Dialect = {
  name: 'mkdocs-snippets',
  lines: [
    {starts: '-;', read: readSnippet},
    {starts: '{', read: readCode},
  ],
}

/** `--8<-- "file.md"`, and a block of file names between two `--8<--`. */
function readSnippet(reading: Reading, {text, end}: Line): boolean {
  const {at} = reading
  const snippet = /^[-;]*-{1,2}8<-{1,2}[ \t]+["']([^"']+)["'][ \t]*$/.exec(text)
  if (snippet) {
    if (!text.startsWith(';')) include(reading, snippet[1]!, 'snippet')
    return at.nextLine(end)
  }
  if (!/^-{1,2}8<-{1,2}[ \t]*$/.test(text)) return false
  const block = fileNames(reading, end + 1)
  if (!block) return false
  for (const name of block.names) include(reading, name, 'snippet')
  return at.nextLine(block.end)
}

/** The file names up to the closing mark, one on each line; null if anything else comes first. */
function fileNames(
  {at}: Reading,
  from: number,
): {readonly names: readonly string[]; readonly end: number} | null {
  const names: string[] = []
  for (let p = from; p < at.text.length; p = at.lineEnd(p) + 1) {
    const end = at.lineEnd(p)
    const name = at.text.slice(p, end).trim()
    if (/^-{1,2}8<-{1,2}$/.test(name)) return {names, end}
    if (/\s/.test(name)) return null
    if (name !== '' && !name.startsWith(';')) names.push(name)
  }
  return null
}

/** `{* code.py *}`. */
function readCode(reading: Reading, {text, end}: Line): boolean {
  const code = /^\{\*[ \t]+(\S+)[^*]*\*\}[ \t]*$/.exec(text)?.[1]
  if (code === undefined) return false
  codeInclude(reading, code)
  return reading.at.nextLine(end)
}
