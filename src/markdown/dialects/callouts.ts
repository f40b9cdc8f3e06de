import type {Opening} from '../flattening/container.ts'
import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
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

function readAdmonition(pass: Pass, {text, indent, end}: Line): boolean {
  const match =
    /^(?:!!!|\?\?\?\+?)[ \t]+([\w-]+(?:[ \t]+[\w-]+)*)?[ \t]*(?:"((?:[^"\\]|\\.)*)")?[ \t]*$/.exec(text)
  if (!match) return false
  const name = match[1]?.split(/\s/)[0] ?? ''
  pass.note(`admonition:${name}`, 'flattened')
  const title = match[2] === undefined ? null : match[2].replace(/\\(.)/g, '$1')
  openCallout(pass, name, title, {kind: 'indent', name: 'admonition', indent, size: 0, strip: 4})
  return pass.endConstruct(end)
}

function readAlert(pass: Pass, {text, lead, end}: Line): boolean {
  const alert = /^\[!([A-Za-z]+)\][+-]?[ \t]*(.*)$/.exec(text)
  if (alert && lead.includes('>')) {
    const name = alert[1]!.toLowerCase()
    pass.note(`alert:${name}`, 'flattened')
    const title = alert[2]!.trim() === '' ? calloutNames[name] || capital(name) : pass.inline(alert[2]!)
    pass.push(`${lead}**${title}**`)
    pass.push(lead.trimEnd())
    return pass.endConstruct(end)
  }
  // Other DocFX lines of this form show nothing.
  if (!/^\[!(?:div|VIDEO|NOTE)\b[^\]]*\][ \t]*$/i.test(text)) return false
  pass.note('docfx', 'dropped')
  return pass.endConstruct(end)
}

/** Writes a label: a separate line in bold that names what follows. */
export function label(pass: Pass, text: string): void {
  const label = text.trim()
  if (label === '') return
  pass.current = pass.prefix
  pass.hasContent = false
  pass.block(/[*\\]/.test(label) ? label : `**${label}**`)
  pass.current = ''
}

/** Opens a callout and writes its title, by default that of its kind. */
export function openCallout(
  pass: Pass,
  name: string,
  title: string | null,
  container: Omit<Opening, 'quote'>,
): void {
  const key = name.toLowerCase()
  const fallback = key in calloutNames ? calloutNames[key]! : ''
  const isGroup = layoutDirectives.test(key)
  const shown =
    title === null
      ? isGroup
        ? ''
        : fallback || (container.kind === 'indent' || name === 'admonition' ? capital(name) : '')
      : pass.inline(title)
  if (pass.out.at(-1)?.trim() !== '' && pass.out.length > 0) pass.push(pass.prefix.trimEnd())
  pass.open({
    ...container,
    quote: key in calloutNames || container.kind === 'indent' || name === 'admonition',
  })
  label(pass, shown)
}

const layoutDirectives =
  /^(?:code-group|code-tabs|tabs|tab-set|tabset|steps|cards?|grid|row|columns?|div|container|section|v-pre|raw|details|tab|tab-item|figure|card-grid|cardgrid|spoiler|demo|group)$/
