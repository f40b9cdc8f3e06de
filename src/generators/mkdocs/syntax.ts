import {
  codeBlock,
  codeSpanOf,
  type Dialect,
  includeCandidates,
  includedPart,
  type Line,
  type Reading,
} from '../../markdown/dialect-kit.ts'

/** MkDocs plugins: `{{ code_block(…) }}` of the macros plugin, `::: package.module` and `[Words][package.Name]` of mkdocstrings. */
export const mkdocsPlugins: Dialect = {
  name: 'mkdocs-plugins',
  fences: [{starts: ':', read: readIdentifier}],
  text: [
    {starts: '{', read: readCodeBlock},
    {starts: '[', read: readReference},
  ],
}

/** The languages of a project with several, by their folder and the ending of their files. */
const snippetLanguages = [
  {folder: 'python', ending: 'py', label: 'Python'},
  {folder: 'rust', ending: 'rs', label: 'Rust'},
]

/** `{{ code_block('guide/setup', 'start', …) }}`: the snippet `start` of `python/guide/setup.py` and its like. */
function readCodeBlock(reading: Reading): boolean {
  const {at, write, context} = reading
  const call =
    /^\{\{[ \t]*code_block\([ \t]*['"]([^'"\n]+)['"][ \t]*(?:,[ \t]*['"]([^'"\n]+)['"])?[^{}]{0,1000}?\)[ \t]*\}\}/.exec(
      at.text.slice(at.p, at.p + 1500),
    )
  if (!call) return false
  const found = snippetLanguages.flatMap(({folder, ending, label}) => {
    const paths = includeCandidates(
      `${folder}/${call[1]!}.${ending}`,
      reading.path,
      context.site.includeFolders,
    )
    for (const path of paths) {
      const text = context.readInclude(path)
      context.includes.add(path)
      if (text !== null) return [{label, ending, text: includedPart(text, call[2] ?? null) ?? ''}]
    }
    return []
  })
  if (found.length === 0) return false
  reading.note('snippet', 'flattened', call[1])
  at.advance(at.p + call[0].length)
  write.break()
  for (const {label, ending, text} of found) {
    if (found.length > 1) write.label(label)
    codeBlock(reading, {info: ending, lines: text.replace(/\n$/, '').split('\n')})
  }
  return true
}

/** The reference of a package is not in the file: its name stays. */
function readIdentifier(reading: Reading, {text, indent, end}: Line): boolean {
  const {at, write} = reading
  const name = /^:::[ \t]+([A-Za-z_][\w.]*(?::[\w.]+)?)[ \t]*$/.exec(text)?.[1]
  if (name === undefined) return false
  const hasOptions = /^[ \t]+(?:options|handler|selection|rendering|members):/.test(at.lineAfter(end))
  if (!name.includes('.') && !hasOptions) return false
  let last = end
  for (let next = at.measure(end + 1); last < at.text.length; next = at.measure(last + 1)) {
    if (next.rest.trim() === '' || next.indent <= indent) break
    last = next.end
  }
  reading.note('mkdocstrings', 'flattened', name)
  write.block(codeSpanOf(name))
  return at.nextLine(last)
}

/** A reference to an object of a package; one with a definition in the page is an ordinary link. */
function readReference(reading: Reading): boolean {
  const {at, write} = reading
  if (write.isRaw) return false
  const found = /^\[((?:`[^`\n]+`|[^[\]`\n]){1,300})\]\[([A-Za-z_][\w.:-]*|)\]/.exec(
    at.text.slice(at.p, at.p + 700),
  )
  if (!found) return false
  const id = found[2]! || found[1]!.replaceAll('`', '')
  // `[i][j]` after a word is code.
  const isReference = !/[\w)\]]/.test(write.lastCharacter) && (found[2] !== '' || /[.:`]/.test(found[1]!))
  if (!isReference || at.text.includes(`\n[${id}]:`) || at.text.startsWith(`[${id}]:`)) return false
  reading.note('mkdocstrings', 'flattened')
  at.advance(at.p + found[0].length)
  write.put(reading.inline(found[1]!, false))
  return true
}
