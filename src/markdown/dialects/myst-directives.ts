import {neverClosed} from '../fidelity.ts'
import type {Container, Opening} from '../flattening/container.ts'
import type {Pass} from '../flattening/pass.ts'
import {calloutNames} from '../jsx-text.ts'
import {label, openCallout} from './callouts.ts'
import {directiveOptions} from './directive-options.ts'
import {includeWhole} from './includes.ts'
import {imageOf} from './markdown-text.ts'
import {addTarget} from './myst-targets.ts'

/** Reads a MyST directive whose content is Markdown, after its opening line. */
export function mystDirective(
  pass: Pass,
  name: string,
  argument: string,
  container: Omit<Opening, 'strip' | 'quote'>,
): void {
  const ahead: string[] = []
  let p = pass.p
  while (p < pass.text.length && ahead.length < 40) {
    const {rest, end} = pass.measure(p)
    ahead.push(rest.trim())
    p = end + 1
  }
  const {lines, values} = directiveOptions(ahead)
  for (let n = 0; n < lines; n++) pass.nextLine(pass.lineEnd())
  const kind = name.split(':').at(-1)!
  const box = {...container, strip: 0}
  pass.current = ''
  if (kind === 'raw' && /\bhtml\b/.test(argument)) {
    pass.note(`myst:${name}`, 'flattened')
    const content = pass.text.slice(pass.p, skipDirective(pass, container).to)
    pass.nested(
      content
        .split('\n')
        .map((line) => line.trim())
        .join('\n'),
    )
    pass.current = ''
    return
  }
  if (values['name']) addTarget(pass, values['name'])
  if (hiddenDirectives.has(kind)) {
    hideDirective(pass, name, container)
    return
  }
  pass.note(`myst:${name}`, 'flattened')
  if (kind === 'include') {
    includeWhole(pass, argument, 'include')
    hideDirective(pass, name, container)
    return
  }
  if (kind === 'image' || kind === 'figure' || kind === 'figure-md') {
    const alt = values['alt'] ?? ''
    pass.current = pass.prefix
    if (argument !== '') pass.block(imageOf(alt, argument))
    pass.current = ''
    pass.open({...box, quote: false})
    return
  }
  if (
    /^(?:grid-item-card|card|tab-item|dropdown|admonition|topic|sidebar|rubric|table|list-table|csv-table|step|example|button-link|button-ref)$/.test(
      kind,
    )
  ) {
    if (kind === 'admonition') openCallout(pass, 'admonition', argument, box)
    else {
      label(pass, pass.inline(argument))
      pass.open({...box, quote: false})
    }
    return
  }
  if (/^(?:deprecated|versionadded|versionchanged)$/.test(kind)) {
    const verb = {
      deprecated: 'Deprecated since version',
      versionadded: 'New in version',
      versionchanged: 'Changed in version',
    }[kind as 'deprecated']
    label(pass, `${verb} ${pass.inline(argument)}`)
    pass.open({...box, quote: false})
    return
  }
  if (kind.toLowerCase() in calloutNames) {
    // The argument of these is the first line of their text.
    openCallout(pass, kind, null, box)
    if (argument !== '') {
      pass.push(`${pass.prefix}${pass.inline(argument)}`)
    }
    return
  }
  if (argument !== '' && !/^[\d\s]+$/.test(argument) && /\s|^[A-Z]/.test(argument))
    label(pass, pass.inline(argument))
  pass.open({...box, quote: false})
}

type Fence = Pick<Container, 'kind' | 'name' | 'size'>

/** Skips a directive that shows nothing of its content. */
function hideDirective(pass: Pass, name: string, fence: Fence): void {
  const {to, next, isClosed} = contentOf(pass, fence)
  if (isClosed) pass.note(`myst:${name}`, 'dropped')
  else pass.note(`myst:${name}`, 'not-understood', neverClosed, pass.text.slice(pass.p, to))
  pass.nextLine(next - 1)
}

/** Skips a directive's content and its closing line. */
function skipDirective(pass: Pass, fence: Fence): {readonly to: number} {
  const content = contentOf(pass, fence)
  pass.nextLine(content.next - 1)
  return content
}

/** Finds the end of a directive: its closing line, or the end of the quote or list item that contains it. */
function contentOf(pass: Pass, {kind, name, size}: Fence) {
  const char = kind === 'colon' ? ':' : name[0]!
  const closing = new RegExp(`^[ \\t>]*\\${char}{${size},}[ \\t]*$`)
  const inQuote = pass.prefix.includes('>')
  const inItem = pass.listOffsets.at(-1) ?? 0
  let p = pass.p
  while (p < pass.text.length) {
    const {rest, indent, end} = pass.measure(p)
    if (closing.test(rest)) return {to: p, next: end + 1, isClosed: true}
    if (inQuote ? !/^[ \t]*>/.test(rest) : rest.trim() !== '' && indent < inItem) break
    p = end + 1
  }
  return {to: Math.min(p, pass.text.length), next: Math.min(p, pass.text.length), isClosed: false}
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
