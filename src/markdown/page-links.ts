import type {Root} from 'mdast'
import {visit} from 'unist-util-visit'
import type {PageReference} from '../domain/index.ts'
import type {FlatSource} from './flat-source.ts'

const maxLinks = 2_000

/** The targets of a page's links on its own site, in order; at most 2,000. */
export function linksIn(root: Root, source: FlatSource): PageReference[] {
  const links: PageReference[] = []
  visit(root, (node) => {
    if (node.type !== 'link' && node.type !== 'linkReference') return
    const target = node.type === 'link' ? node.url : (source.definitionOf(node.identifier)?.url ?? '')
    if (target === '' || /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(target) || links.length >= maxLinks) return
    links.push({target, line: source.startLineOf(node)})
  })
  return links
}
