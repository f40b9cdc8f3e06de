import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join, sep} from 'node:path'
import type {Element, Nodes, Root} from 'hast'
import rehypeParse from 'rehype-parse'
import {unified} from 'unified'
import {visit} from 'unist-util-visit'
import type {SiteGenerator} from './generator.ts'

/** A heading of a built page that has an id. */
export interface BuiltHeading {
  readonly id: string
  readonly depth: number
  readonly text: string
}

export interface BuiltPage {
  /** Below the built site's folder. */
  readonly file: string
  /** As its root element says; null if it says none. */
  readonly lang: string | null
  /** Ids of all elements. */
  readonly ids: ReadonlySet<string>
  /** The headings of its text, in order. */
  readonly headings: readonly BuiltHeading[]
  /** The targets of the links in its sidebar, in order, as written. */
  readonly sidebar: readonly string[]
}

export interface BuiltSite {
  /** All HTML files, with `/` on every system. */
  readonly files: readonly string[]
  /** The page that a static file server finds at a route; null if there is none. */
  pageAt(route: string): BuiltPage | null
}

const parser = unified().use(rehypeParse)

/** The site that was built into a folder. */
export function builtSite(folder: string, generator: SiteGenerator): BuiltSite {
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .map((file) => file.replaceAll(sep, '/'))
    .filter((file) => file.endsWith('.html'))
    .sort()
  return {
    files,
    pageAt(route) {
      const path = decodeURI(route).replace(/^\//, '')
      const tries = /(?:^|\/)$/.test(path)
        ? [`${path}index.html`]
        : [path, `${path}.html`, `${path}/index.html`].filter((file) => file.endsWith('.html'))
      // On a case-insensitive file system, a file may exist that a server would not find.
      const file = tries.find((name) => files.includes(name) && existsSync(join(folder, name)))
      return file === undefined ? null : pageOf(folder, file, generator)
    },
  }
}

function pageOf(folder: string, file: string, generator: SiteGenerator): BuiltPage {
  const tree: Root = parser.parse(readFileSync(join(folder, file), 'utf8'))
  const ids = new Set<string>()
  const headings: BuiltHeading[] = []
  const sidebar: string[] = []
  let lang: string | null = null
  visit(tree, 'element', (element) => {
    const {id, lang: own} = element.properties
    if (typeof id === 'string') ids.add(id)
    if (element.tagName === 'html' && typeof own === 'string') lang = own
  })
  visit(tree, 'element', (element) => {
    const {className, role} = element.properties
    const classes = Array.isArray(className) ? className.map(String) : []
    if (generator.isSidebar?.(element.tagName, classes)) sidebar.push(...linksIn(element))
    if (!generator.isContent(element.tagName, classes, typeof role === 'string' ? role : null)) return
    visit(element, 'element', (inner) => {
      const heading = headingOf(inner)
      if (heading !== null && !headings.some(({id}) => id === heading.id)) headings.push(heading)
    })
  })
  return {file, lang, ids, headings, sidebar}
}

function linksIn(element: Element): string[] {
  const links: string[] = []
  visit(element, 'element', ({tagName, properties}) => {
    if (tagName === 'a' && typeof properties['href'] === 'string') links.push(properties['href'])
  })
  return links
}

function headingOf(element: Element): BuiltHeading | null {
  const depth = /^h([1-6])$/.exec(element.tagName)?.[1]
  const {id} = element.properties
  if (depth === undefined || typeof id !== 'string') return null
  // VitePress ends a heading with an invisible link.
  return {id, depth: Number(depth), text: textOf(element).replaceAll('\u200b', '').trim()}
}

function textOf(node: Nodes): string {
  if (node.type === 'text') return node.value
  return 'children' in node ? node.children.map(textOf).join('') : ''
}
