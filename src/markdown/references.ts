import type {Definition, ImageReference, LinkReference, Root} from 'mdast'
import {visit} from 'unist-util-visit'
import type {FlatSource} from './flat-source.ts'

/** The definitions of a page, by identifier. The first one of an identifier counts, as in CommonMark. */
export function definitionsIn(root: Root): ReadonlyMap<string, Definition> {
  const definitions = new Map<string, Definition>()
  visit(root, 'definition', (node) => {
    if (!definitions.has(node.identifier)) definitions.set(node.identifier, node)
  })
  return definitions
}

/** The text of a page with its references as inline links, without their definitions. */
export function withReferencesInlined(root: Root, source: FlatSource): string {
  const {text} = source
  const edits: {readonly start: number; readonly end: number; readonly text: string}[] = []
  visit(root, (node) => {
    if (node.type === 'definition')
      edits.push({start: node.position!.start.offset!, end: node.position!.end.offset!, text: ''})
    if (node.type !== 'linkReference' && node.type !== 'imageReference') return
    const definition = source.definitionOf(node.identifier)
    const label = definition && labelEndOf(node, text)
    if (label !== undefined && label >= 0 && label < node.position!.end.offset!)
      edits.push({start: label, end: node.position!.end.offset!, text: `](${destinationOf(definition!)})`})
  })
  edits.sort((one, other) => one.start - other.start)
  let at = 0
  let out = ''
  for (const edit of edits) {
    if (edit.start < at) continue
    out += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return out + text.slice(at)
}

/** Offset of the bracket after the label: only what follows it is replaced, so that edits are never nested. */
function labelEndOf(node: LinkReference | ImageReference, text: string): number {
  const start = node.position!.start.offset!
  const from =
    node.type === 'linkReference'
      ? (node.children.at(-1)?.position?.end.offset ?? start + 1)
      : text.indexOf(']', start + 2 + (node.alt ? Math.min(node.alt.length, 1) : 0))
  return text.indexOf(']', from)
}

function destinationOf({url, title}: Definition): string {
  const safe = /[\s()<>]/.test(url) ? `<${url.replace(/[<>\n]/g, encodeURIComponent)}>` : url
  return title ? `${safe} "${title.replace(/["\\]/g, '\\$&').replace(/\n+/g, ' ')}"` : safe
}
