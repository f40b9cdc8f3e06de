import {
  type Dialect,
  includeCandidates,
  includeInLine,
  includeWhole,
  type Reading,
  splitFrontMatter,
  writeValue,
} from '../../markdown/dialect-kit.ts'

/** GitHub Docs: `{% data variables.… %}`, `{% data reusables.… %}`, and links whose words are the title of their page. */
export const githubSyntax: Dialect = {
  name: 'github-docs',
  text: [
    {starts: '{', read: readData},
    {starts: '[', read: readTitle},
  ],
}

function readData(reading: Reading): boolean {
  const {at, write, context} = reading
  const found = /^\{%-?[ \t]*(data|indented_data_reference)[ \t]+([\w.-]+)[^%\n]{0,200}?-?%\}/.exec(
    at.text.slice(at.p, at.p + 400),
  )
  if (!found) return false
  const name = found[2]!
  const end = at.p + found[0].length
  if (Object.hasOwn(context.site.params, name)) return writeValue(reading, name, end)
  const reusable = /^reusables\.(.+)$/.exec(name)?.[1]
  at.advance(end)
  if (reusable === undefined) {
    reading.note('data', 'not-understood', name)
    return true
  }
  const file = `${reusable.replaceAll('.', '/')}.md`
  const isAlone = !write.hasContent && !write.isOneLine && at.text.slice(end, at.lineEnd(end)).trim() === ''
  if (isAlone) includeWhole(reading, file, 'data', [])
  else includeInLine(reading, file, 'data', [])
  return true
}

function readTitle(reading: Reading): boolean {
  const {at, write, context} = reading
  const found = /^\[AUTOTITLE\]\(([^()\s]{1,300})\)/.exec(at.text.slice(at.p, at.p + 320))
  if (!found) return false
  const route = found[1]!.replace(/[#?].*$/, '').replace(/^\/(?:en\/)?|\/$/g, '')
  const files = [`${route}.md`, `${route}/index.md`]
  const paths = files.flatMap((file) =>
    includeCandidates(`/${file}`, reading.path, context.site.contentRoots).slice(1),
  )
  at.skip(found[0].length)
  for (const path of paths) {
    context.includes.add(path)
    const text = context.readInclude(path)
    const title = text === null ? null : splitFrontMatter(text, path).frontMatter.title
    if (title === null) continue
    reading.note('autotitle', 'flattened')
    write.put(`[${reading.inline(title, false).replace(/[[\]]/g, '\\$&')}](${found[1]!})`)
    return true
  }
  reading.note('autotitle', 'not-understood', found[1])
  write.put(`[${route.split('/').at(-1)!.replaceAll('-', ' ')}](${found[1]!})`)
  return true
}
