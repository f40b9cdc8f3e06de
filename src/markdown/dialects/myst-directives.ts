import type {Container, Opening} from '../flattening/container.ts'
import type {Pass} from '../flattening/pass.ts'
import {calloutNames} from '../jsx-text.ts'
import {label, openCallout} from './callouts.ts'
import {directiveOptions} from './directive-options.ts'
import {includeWhole} from './includes.ts'
import {imageOf} from './markdown-text.ts'
import {addTarget} from './myst-targets.ts'

/** A MyST directive whose content is Markdown. The line that opens it has been read. */
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
    const from = pass.p
    const to = skipDirective(pass, container)
    pass.nested(
      pass.text
        .slice(from, to)
        .split('\n')
        .map((line) => line.trim())
        .join('\n'),
    )
    pass.current = ''
    return
  }
  if (values['name']) addTarget(pass, values['name'])
  if (hiddenDirectives.has(kind)) {
    pass.note(`myst:${name}`, 'dropped')
    skipDirective(pass, container)
    return
  }
  pass.note(`myst:${name}`, 'flattened')
  if (kind === 'include') {
    includeWhole(pass, argument, 'include')
    skipDirective(pass, container)
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

/** Passes over a directive's content and its closing line; the offset where its content ends. */
function skipDirective(pass: Pass, {kind, name, size}: Pick<Container, 'kind' | 'name' | 'size'>): number {
  const char = kind === 'colon' ? ':' : name[0]!
  const closing = new RegExp(`^[ \\t>]*\\${char}{${size},}[ \\t]*$`)
  while (pass.p < pass.text.length) {
    const from = pass.p
    const {rest, end} = pass.measure(pass.p)
    pass.nextLine(end)
    if (closing.test(rest)) return from
  }
  return pass.text.length
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
