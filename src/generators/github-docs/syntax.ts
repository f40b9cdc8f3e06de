import {
  callOf,
  type Dialect,
  endOfOpenAt,
  includeCandidates,
  includeInLine,
  includeWhole,
  type Reading,
  shownAt,
  splitFrontMatter,
  writeValue,
} from '../../markdown/dialect-kit.ts'

/**
 * GitHub Docs: `{% data variables.… %}`, `{% data reusables.… %}`, links whose words are the title of their page, icons,
 * text for one tool or system, and conditions in a line, of which the page's version decides.
 */
export const githubSyntax: Dialect = {
  name: 'github-docs',
  text: [
    {starts: '{', read: readData},
    {starts: '{', read: readCondition},
    {starts: '{', read: readIcon},
    {starts: '{', read: readTool},
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

/** A conditional in one line shows one branch; others are read as blocks, with all their branches. */
function readCondition(reading: Reading): boolean {
  const {at, context, write} = reading
  const name = /^\{%-?\s*(ifversion|if|elsif|else)\b/.exec(at.text.slice(at.p, at.p + 20))?.[1]
  if (name === undefined) return false
  const start = at.text.lastIndexOf('\n', at.p - 1) + 1
  const line = at.text.slice(start, at.lineEnd())
  const {params} = context.site
  const isOpening = name.startsWith('if')
  const shown = isOpening ? shownAt(line, at.p - start, params) : null
  const next = isOpening ? (shown?.start ?? null) : endOfOpenAt(line, at.p - start, params)
  if (next === null) return false
  reading.note(`liquid:${name}`, 'dropped')
  at.advance(start + next)
  if (!write.hasContent && at.text.slice(at.p, at.lineEnd()).trim() === '') write.dropMarker()
  return true
}

/** An icon is named by its label. One that only stands beside words is not shown. */
function readIcon(reading: Reading): boolean {
  const {at, write} = reading
  const found = /^\{%-?\s*octicon\s([^%\n]{1,500})%\}/.exec(at.text.slice(at.p, at.p + 520))
  if (!found) return false
  const {positional, named} = callOf(`octicon ${found[1]!.trim()}`)
  const end = at.p + found[0].length
  const isAlone =
    /(?:^|[|*_\n])[ \t]*$/.test(at.text.slice(Math.max(0, at.p - 40), at.p)) &&
    /^[ \t]*(?:[|*_]|$)/.test(at.text.slice(end, at.lineEnd(end)))
  const label = named['aria-hidden'] === 'true' ? '' : (named['aria-label'] ?? '')
  const shown = label || (isAlone ? (positional[0] ?? '').replaceAll('-', ' ') : '')
  reading.note('liquid:octicon', shown === '' ? 'dropped' : 'flattened')
  at.advance(end)
  if (shown !== '') write.put(reading.inline(shown))
  else if (!/\w/.test(write.lastCharacter)) at.skipSpace()
  return true
}

/** What a reader who has chosen a tool or a system sees. */
const tools: Readonly<Record<string, string>> = {
  mac: 'Mac',
  windows: 'Windows',
  linux: 'Linux',
  agents: 'Agents',
  api: 'API',
  bash: 'Bash',
  cli: 'GitHub CLI',
  codespaces: 'Codespaces',
  copilotcli: 'Copilot CLI',
  curl: 'cURL',
  desktop: 'Desktop',
  eclipse: 'Eclipse',
  graphql: 'GraphQL',
  importer_cli: 'GitHub Enterprise Importer CLI',
  javascript: 'JavaScript',
  jetbrains: 'JetBrains IDEs',
  mobile: 'Mobile',
  powershell: 'PowerShell',
  vimneovim: 'Vim/Neovim',
  visualstudio: 'Visual Studio',
  vscode: 'Visual Studio Code',
  webui: 'Web browser',
  windowsterminal: 'Windows Terminal',
  xcode: 'Xcode',
}

/** Tags around text that they do not name. */
const layout = new Set(['rowheaders', 'prompt'])

function readTool(reading: Reading): boolean {
  const {at, write} = reading
  const found = /^\{%-?[ \t]*(\w+)[ \t]*-?%\}/.exec(at.text.slice(at.p, at.p + 60))
  const name = found?.[1] ?? ''
  const isLayout = layout.has(name)
  if (!isLayout && !Object.hasOwn(tools, name)) return false
  reading.note(`liquid:${name}`, 'flattened')
  const isAlone = !write.hasContent && at.text.slice(at.p + found![0].length, at.lineEnd()).trim() === ''
  at.advance(at.p + found![0].length)
  if (isAlone) write.break()
  if (isLayout) return true
  if (isAlone) write.block(`**${tools[name]!}**`)
  else write.put(`**${tools[name]!}:** `)
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
