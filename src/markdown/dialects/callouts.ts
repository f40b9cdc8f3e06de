import type {Opening} from '../flattening/container.ts'
import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {calloutNames} from '../jsx-text.ts'
import {capital} from './markdown-text.ts'

/** Callouts of MkDocs (`!!!`, `???`) and of GitHub (`> [!NOTE]`). */
export const callouts: Dialect = {
  name: 'callouts',
  lines: [
    {starts: '!?', read: readAdmonition},
    {starts: '[', read: readAlert},
  ],
}

function readAdmonition(reading: Reading, {text, indent, end}: Line): boolean {
  const {at} = reading
  const match =
    /^(?:!!!|\?\?\?\+?)[ \t]*([\w-]+(?:[ \t]+[\w-]+)*)?[ \t]*(?:"((?:[^"\\]|\\.)*)")?[ \t]*$/.exec(text)
  if (!match) return false
  const name = match[1]?.split(/\s/)[0] ?? ''
  reading.note(`admonition:${name}`, 'flattened')
  const title = match[2] === undefined ? null : match[2].replace(/\\(.)/g, '$1')
  openCallout(reading, name, title, {kind: 'indent', name: 'admonition', indent, size: 0, strip: 4})
  return at.nextLine(end)
}

function readAlert(reading: Reading, {text, lead, end}: Line): boolean {
  const {at, write} = reading
  const alert = /^\[!([A-Za-z]+)\][+-]?[ \t]*(.*)$/.exec(text)
  if (!alert || !lead.includes('>')) return false
  const name = alert[1]!.toLowerCase()
  reading.note(`alert:${name}`, 'flattened')
  const title = alert[2]!.trim() === '' ? calloutNames[name] || capital(name) : reading.inline(alert[2]!)
  write.line(`${lead}**${title}**`)
  write.line(lead.trimEnd())
  return at.nextLine(end)
}

/** Opens a callout and writes its title, by default that of its kind. */
export function openCallout(
  reading: Reading,
  name: string,
  title: string | null,
  container: Omit<Opening, 'shownAs'>,
): void {
  const {write, containers} = reading
  const key = name.toLowerCase()
  const fallback = key in calloutNames ? calloutNames[key]! : ''
  const isGroup = layoutDirectives.test(key)
  const shown =
    title === null
      ? isGroup
        ? ''
        : fallback || (container.kind === 'indent' || name === 'admonition' ? capital(name) : '')
      : reading.inline(title)
  write.blank()
  containers.open({
    ...container,
    shownAs: key in calloutNames || container.kind === 'indent' || name === 'admonition' ? 'quote' : 'text',
  })
  write.label(shown)
}

/** Directives that group or label what is in them. */
export const layoutDirectives =
  /^(?:code-group|code-tabs|tabs|tab-set|tabset|steps|cards?|grid|row|columns?|div|container|section|v-pre|raw|details|tab|tab-item|figure|card-grid|cardgrid|spoiler|demo|group)$/
