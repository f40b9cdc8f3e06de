import type {Element, ElementContent, Root} from 'hast'
import type {Nodes} from 'mdast'
import rehypeSanitize, {defaultSchema, type Options as Schema} from 'rehype-sanitize'
import rehypeStringify from 'rehype-stringify'
import {remark} from 'remark'
import remarkGfm from 'remark-gfm'
import remarkRehype from 'remark-rehype'
import {visit} from 'unist-util-visit'
import {parseMarkdown} from './parse-markdown.ts'
import {codeTitleOf, plainTextOfNode} from './plain-text.ts'

export interface RenderOptions {
  /** The anchors of the page's headings in reading order: of its sections with a depth above 0. */
  readonly anchors: readonly string[]
  /** Hosts that images may be loaded from, `*` for any; other images become their alternative text. Default: none. */
  readonly imageHosts?: readonly string[]
  /** The address of a link on this server; null leaves it as it is written. */
  readonly linkOf?: (url: string) => string | null
  /** The address that serves a local image; null, the default, shows its alternative text. */
  readonly imageOf?: (url: string) => string | null
  /** Whether blocks of HTML leave their words; default: they leave nothing. */
  readonly keepsWordsOfHtml?: boolean
  /** Changes the sanitised tree before it is written. What it adds is not sanitised. */
  readonly decorate?: (tree: Root) => void
}

/**
 * Renders a page's Markdown as HTML that is safe to embed: no scripts, styles, forms or raw HTML; links only to http,
 * https, mailto and relative addresses; heading ids from `anchors`.
 */
export function renderPage(markdown: string, options: RenderOptions): string {
  const tree = markdown.length > longPage ? parseMarkdown(markdown) : renderer.parse(markdown)
  if (options.keepsWordsOfHtml === true) {
    visit(tree, 'html', (node, index, parent) => {
      if (parent?.type === 'paragraph' || index === undefined || !parent) return
      const value = node.value.replace(/<!--[\s\S]*?(?:-->|$)|<\/?[a-z!?][^>]*(?:>|$)/gi, '').trim()
      parent.children[index] = {type: 'paragraph', children: [{type: 'text', value}]}
    })
  }
  let n = 0
  for (const node of tree.children) {
    if (node.type !== 'heading') continue
    const anchor = options.anchors[n++]
    if (anchor) node.data = {...node.data, hProperties: {id: anchor}}
  }
  visit(tree, 'code', (node, index, parent) => {
    const title = codeTitleOf(node.meta)
    if (title === null || index === undefined || !parent) return
    parent.children.splice(index, 0, {
      type: 'paragraph',
      children: [{type: 'text', value: title}],
      data: {hProperties: {className: ['code-title']}},
    })
    return index + 2
  })
  const hast = renderer.runSync(tree)
  visit(hast, 'element', (element, index, parent) => {
    if (element.tagName === 'a') relink(element, options)
    if (element.tagName === 'img' && parent && index !== undefined) {
      const source = imageSource(element, options)
      if (source === null) parent.children[index] = alternative(element)
      else element.properties = {...element.properties, src: source, loading: 'lazy'}
    }
  })
  options.decorate?.(hast)
  return renderer.stringify(hast)
}

/** The visible words of a Markdown text, blocks separated by line breaks. */
export function plainTextOf(markdown: string): string {
  return plainTextOfNode(parseMarkdown(markdown) as Nodes)
}

const schema: Schema = {
  ...defaultSchema,
  // All ids are ours: the site's anchors, and footnotes with their own prefix.
  clobberPrefix: '',
  protocols: {
    ...defaultSchema.protocols,
    href: ['http', 'https', 'mailto'],
    src: ['http', 'https'],
  },
  attributes: {
    ...defaultSchema.attributes,
    p: [['className', 'code-title']],
  },
}

/** Bare addresses become links here, as on the site; in passages they stay text. */
const renderer = remark()
  .use(remarkGfm)
  .use(remarkRehype)
  .use(rehypeSanitize, schema)
  .use(rehypeStringify)
  .freeze()
/** A longer page is parsed in parts, and its bare addresses stay text. */
const longPage = 200_000

function relink(element: Element, options: RenderOptions): void {
  const href = element.properties['href']
  if (typeof href !== 'string') return
  if (/^https?:/i.test(href)) {
    element.properties = {...element.properties, rel: ['noopener', 'noreferrer', 'nofollow']}
    return
  }
  if (href.startsWith('//')) {
    delete element.properties['href']
    return
  }
  if (href.startsWith('#') || /^mailto:/i.test(href)) return
  const target = options.linkOf?.(href)
  if (target) element.properties = {...element.properties, href: target}
}

function imageSource(element: Element, options: RenderOptions): string | null {
  const source = element.properties['src']
  if (typeof source !== 'string' || source === '') return null
  if (/^https?:\/\//i.test(source) || source.startsWith('//')) {
    try {
      const {host, href} = new URL(source, 'https://local.invalid')
      const hosts = options.imageHosts ?? []
      return hosts.includes('*') || hosts.includes(host) ? href : null
    } catch {
      return null
    }
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(source)) return null
  return options.imageOf?.(source) ?? null
}

function alternative(element: Element): ElementContent {
  const alt = element.properties['alt']
  return {type: 'text', value: typeof alt === 'string' ? alt : ''}
}
