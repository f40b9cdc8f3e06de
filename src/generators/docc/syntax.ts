import {posix} from 'node:path'
import {type Dialect, destinationOf, type Line, type Reading} from '../../markdown/dialect-kit.ts'

/** DocC: links to articles by their names, and directives. The paths of articles are values named `doc:Name`. */
export const doccSyntax: Dialect = {
  name: 'docc',
  lines: [
    {starts: '@', read: readDirective},
    {starts: '}', read: readEnd},
  ],
  text: [{starts: '<', read: readArticle}],
}

/** `<doc:Name>` shows the title of the article, `<doc:Name#Some-heading>` that of its section. */
function readArticle(reading: Reading): boolean {
  const {at, write, context} = reading
  const found = /^<doc:([^>\s]{1,300})>/.exec(at.text.slice(at.p, at.p + 320))
  if (!found) return false
  const [place, fragment = ''] = found[1]!.split('#')
  const name = place!.split('/').at(-1)!
  const path = context.site.params[`doc:${name}`]
  const title = path === undefined ? null : titleOf(reading, path)
  const section = fragment.replaceAll('-', ' ')
  const shown = section || title || name.replaceAll('-', ' ')
  reading.note('docc:link', 'flattened', found[1])
  at.skip(found[0].length)
  const words = shown.replace(/[[\]]/g, '\\$&')
  if (path === undefined && place !== '') write.put(words)
  else {
    const file = path === undefined ? '' : posix.relative(posix.dirname(reading.path), path)
    write.put(`[${words}](${destinationOf(file + (fragment === '' ? '' : `#${fragment}`))})`)
  }
  return true
}

function titleOf({context}: Reading, path: string): string | null {
  context.includes.add(path)
  const text = context.readInclude(path)
  return /^#[ \t]+(.+?)[ \t]*#*$/m.exec(text ?? '')?.[1]?.replaceAll('``', '`') ?? null
}

/** Directives whose content is no text of the page. */
const hidden =
  /^(?:Metadata|Options|Comment|Redirected|PageImage|PageColor|PageKind|CallToAction|Available|SupportedLanguage|TechnologyRoot|DisplayName|TitleHeading|CustomMetadata|AutomaticSeeAlso|AutomaticTitleHeading|AutomaticArticleSubheading|TopicsVisualStyle|Video)$/

function readDirective(reading: Reading, {text, indent, end}: Line): boolean {
  const {at, write, containers} = reading
  const found = /^@([A-Z]\w*)(?:\(([^)]*)\))?[ \t]*(\{)?(.*)$/.exec(text)
  if (!found) return false
  const [, name, given = '', opening, rest = ''] = found as unknown as [
    string,
    string,
    string?,
    string?,
    string?,
  ]
  const isOneLine = opening !== undefined && rest.trim().endsWith('}')
  if (opening === undefined && rest.trim() !== '') return false
  if (hidden.test(name)) {
    reading.note(`docc:${name}`, 'dropped')
    return at.nextLine(opening === undefined || isOneLine ? end : endOf(reading, end))
  }
  reading.note(`docc:${name}`, 'flattened')
  const label = /^Tab$/.test(name) ? /"([^"]*)"/.exec(given)?.[1] : undefined
  const alt = /\balt:[ \t]*"([^"]*)"/.exec(given)?.[1]
  if (label) write.label(reading.inline(label))
  if (alt) write.block(reading.inline(alt))
  if (isOneLine) write.block(reading.inline(rest.trim().slice(0, -1).trim(), false))
  else if (opening !== undefined) {
    write.break()
    containers.open({kind: 'liquid', name: 'docc', indent, size: 0, strip: -1})
  }
  return at.nextLine(end)
}

/** The end of the line that closes a directive's brace, or of the first one if none does. */
function endOf({at}: Reading, from: number): number {
  let depth = 1
  for (let end = from; end < at.text.length; ) {
    const line = at.lineAfter(end)
    end += 1 + line.length
    for (const char of line) depth += char === '{' ? 1 : char === '}' ? -1 : 0
    if (depth <= 0) return Math.min(end, at.text.length)
    if (end - from > 20_000) break
  }
  return from
}

function readEnd({at, write, containers}: Reading, {text, end}: Line): boolean {
  if (text.trim() !== '}') return false
  const opened = containers.find(({kind, name}) => kind === 'liquid' && name === 'docc')
  if (!opened) return false
  containers.close(opened)
  write.blank()
  return at.nextLine(end)
}
