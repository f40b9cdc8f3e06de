import type {Element, ElementContent, Root} from 'hast'
import {withCitationLinks} from '../../lib/citation-links.ts'
import {withoutTurns} from '../../lib/invisible.ts'
import {renderPage} from '../../markdown/index.ts'
import {linkHostsIn} from '../../text/link-hosts.ts'
import {type Html, trusted} from '../html.ts'
import type {HandedAnswer} from './handed-over.ts'

/** The id of a source in the page. */
export function sourceId(answer: number, n: number): string {
  return `source-${answer}-${n}`
}

/**
 * The text of an answer as HTML: citations lead to the sources below it, links only where the docs lead, images are their
 * alternative text.
 * @param number of the answer in the page, from 1
 */
export function answerHtml(answer: HandedAnswer, number: number): Html {
  const numbers = new Set(answer.sources.map(({n}) => n))
  const markdown = withCitationLinks(withoutTurns(answer.text), answer.citations, (n) =>
    numbers.has(n) ? `#${sourceId(number, n)}` : null,
  )
  const hosts = allowedHosts(answer)
  const decorate = (tree: Root): void => {
    const levels = tree.children.flatMap((node) => (node.type === 'element' ? (levelOf(node) ?? []) : []))
    // The question is a heading of the second level.
    const shape = {hosts, lower: levels.length === 0 ? 2 : 3 - Math.min(...levels)}
    tree.children = tree.children.map((node) => (node.type === 'element' ? shown(node, shape) : node))
  }
  return trusted(renderPage(markdown, {anchors: [], keepsWordsOfHtml: true, decorate}))
}

interface Shape {
  /** Hosts that links may lead to; null for any. */
  readonly hosts: ReadonlySet<string> | null
  /** By how many levels headings are lower in the page than in the answer. */
  readonly lower: number
}

function levelOf({tagName}: Element): number | null {
  return /^h[1-6]$/.test(tagName) ? Number(tagName[1]) : null
}

function shown(node: ElementContent, shape: Shape): ElementContent {
  if (node.type !== 'element') return node
  const element: Element = {...node, children: node.children.map((child) => shown(child, shape))}
  const level = levelOf(node)
  if (level !== null) return {...element, tagName: `h${Math.min(6, Math.max(3, level + shape.lower))}`}
  if (node.tagName === 'pre')
    return {...element, properties: {...element.properties, tabIndex: 0, dir: 'ltr'}}
  if (node.tagName === 'table')
    return {
      type: 'element',
      tagName: 'div',
      properties: {className: ['scroll'], tabIndex: 0, role: 'group', ariaLabel: 'Table'},
      children: [element],
    }
  return node.tagName === 'a' ? shownLink(element, shape.hosts) : element
}

/** A citation, a link that the docs have, or the words of any other with the host that it named. */
function shownLink(link: Element, hosts: ReadonlySet<string> | null): ElementContent {
  const href = String(link.properties['href'] ?? '')
  if (/^#source-\d+-\d+$/.test(href)) {
    return {...link, properties: {...link.properties, className: ['cite']}}
  }
  const url = URL.canParse(href) ? new URL(href) : null
  if (url !== null && /^https?:$/.test(url.protocol) && (hosts === null || hosts.has(url.host))) return link
  // Where an address of its own page, without a host, leads from here is not known.
  if (url === null && /^\/(?!\/)|^#/.test(href)) return link
  const host = url === null || url.host === '' ? '' : ` (${url.host})`
  return {
    type: 'element',
    tagName: 'span',
    properties: {},
    children: [...link.children, {type: 'text', value: host}],
  }
}

function allowedHosts({linkHosts, sources, question}: HandedAnswer): ReadonlySet<string> | null {
  if (linkHosts === null) return null
  const addresses = sources.map(({url}) => url)
  return new Set([...linkHosts, ...linkHostsIn([...addresses, question].join('\n'))])
}
