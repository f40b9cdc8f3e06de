import {neverClosed} from '../fidelity.ts'
import type {Container, Opening} from '../flattening/container.ts'
import type {Reading} from '../flattening/reading.ts'
import {calloutNames} from '../jsx-text.ts'
import {openCallout} from './callouts.ts'
import {directiveOptions} from './directive-options.ts'
import {codeInclude, includeWhole} from './includes.ts'
import {imageOf} from './markdown-text.ts'
import {addTarget} from './myst-targets.ts'
import {partOfText} from './sphinx-parts.ts'

/** Reads a MyST directive whose content is Markdown, after its opening line. */
export function mystDirective(
  reading: Reading,
  name: string,
  argument: string,
  container: Omit<Opening, 'strip' | 'shownAs'>,
): void {
  const {at, write, containers} = reading
  const ahead: string[] = []
  let p = at.p
  while (p < at.text.length && ahead.length < 40) {
    const {rest, end} = at.measure(p)
    ahead.push(rest.trim())
    p = end + 1
  }
  const {lines, values} = directiveOptions(ahead)
  for (let n = 0; n < lines; n++) at.nextLine(at.lineEnd())
  const kind = name.split(':').at(-1)!
  const box = {...container, strip: 0}
  if (kind === 'raw' && /\bhtml\b/.test(argument)) {
    reading.note(`myst:${name}`, 'flattened')
    const content = at.text.slice(at.p, skipDirective(reading, container).to)
    reading.nested(
      content
        .split('\n')
        .map((line) => line.trim())
        .join('\n'),
    )
    return
  }
  if (values['name']) addTarget(reading, values['name'])
  if (hiddenDirectives.has(kind)) {
    hideDirective(reading, name, container)
    return
  }
  const isCallout = kind.toLowerCase() in calloutNames
  if (isCallout || titled.has(kind) || plain.has(kind) || kind in versions)
    reading.note(`myst:${name}`, 'flattened')
  else reading.note(`myst:${name}`, 'not-understood', 'an unknown name')
  if (kind === 'include') {
    const part = partOfText(values)
    const language = values['code'] ?? values['lang'] ?? values['literal']
    if (language === undefined) includeWhole(reading, argument, 'include', undefined, part)
    else codeInclude(reading, argument, {part, language: /^true$/i.test(language) ? '' : language})
    hideDirective(reading, name, container)
    return
  }
  if (/^(?:image|figure|figure-md)$/.test(kind)) {
    if (argument !== '') write.block(imageOf(values['alt'] ?? '', argument))
    containers.open(box)
  } else if (kind === 'admonition') openCallout(reading, kind, argument, box)
  else if (isCallout) {
    // The argument of these is the first line of their text.
    openCallout(reading, kind, null, box)
    if (argument !== '') write.line(`${write.lead}${reading.inline(argument)}`)
  } else {
    const isTitle = titled.has(kind) || (/\s|^[A-Z]/.test(argument) && !/^[\d\s]+$/.test(argument))
    if (kind in versions) write.label(`${versions[kind]} ${reading.inline(argument)}`)
    else if (isTitle) write.label(reading.inline(argument))
    showOptions(reading, values)
    containers.open(box)
  }
}

const namesOf = (names: string): ReadonlySet<string> => new Set(names.split(' '))

/** Directives whose argument is a title. */
const titled = namesOf(
  'grid-item-card card tab-item dropdown admonition topic sidebar rubric table list-table csv-table step example button-link button-ref',
)

/** Other directives of Sphinx, MyST and their usual extensions. */
const plain = namesOf(
  'include image figure figure-md raw grid grid-item tab-set tabs tab card-carousel div details glossary epigraph highlights pull-quote compound container line-block parsed-literal proof prf centered hlist production-list role default-role class aside margin iframe button',
)

const versions: Readonly<Record<string, string>> = {
  deprecated: 'Deprecated since version',
  versionadded: 'New in version',
  versionchanged: 'Changed in version',
}

/** Options whose value readers see, such as the header of a card. */
function showOptions(reading: Reading, values: Readonly<Record<string, string>>): void {
  for (const name of ['header', 'title', 'intro', 'description', 'subtitle', 'footer']) {
    const value = values[name]
    if (value && /\p{L}/u.test(value)) reading.write.block(reading.inline(value, false))
  }
}

type Fence = Pick<Container, 'kind' | 'name' | 'size'>

/** Skips a directive that shows nothing of its content. */
function hideDirective(reading: Reading, name: string, fence: Fence): void {
  const {at} = reading
  const {to, next, isClosed} = contentOf(reading, fence)
  if (isClosed) reading.note(`myst:${name}`, 'dropped')
  else reading.note(`myst:${name}`, 'not-understood', neverClosed, at.text.slice(at.p, to))
  at.nextLine(next - 1)
}

/** Skips a directive's content and its closing line. */
function skipDirective(reading: Reading, fence: Fence): {readonly to: number} {
  const {at} = reading
  const content = contentOf(reading, fence)
  at.nextLine(content.next - 1)
  return content
}

/** Finds the end of a directive: its closing line, or the end of the quote or list item that contains it. */
function contentOf({at, write, containers}: Reading, {kind, name, size}: Fence) {
  const char = kind === 'colon' ? ':' : name[0]!
  const closing = new RegExp(`^[ \\t>]*\\${char}{${size},}[ \\t]*$`)
  const inQuote = write.lead.includes('>')
  const inItem = containers.listOffset
  let p = at.p
  while (p < at.text.length) {
    const {rest, indent, end} = at.measure(p)
    if (closing.test(rest)) return {to: p, next: end + 1, isClosed: true}
    if (inQuote ? !/^[ \t]*>/.test(rest) : rest.trim() !== '' && indent < inItem) break
    p = end + 1
  }
  return {to: Math.min(p, at.text.length), next: Math.min(p, at.text.length), isClosed: false}
}

/** Directives whose content is code. */
export const codeDirectives = new Set(
  'code-block code code-cell sourcecode parsed-literal prompt doctest testcode literalinclude eval-rst math mermaid graphviz digraph uml'.split(
    ' ',
  ),
)

const hiddenDirectives = new Set(
  'toctree contents tableofcontents currentmodule module index only-if meta raw bibliography autosummary automodule autoclass autofunction automethod autodata autoattribute highlight tags only video youtube iframe'.split(
    ' ',
  ),
)
