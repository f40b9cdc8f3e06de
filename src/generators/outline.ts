import {posix} from 'node:path'
import {titleOfName, withoutMarkdownEnding} from '../lib/markdown-name.ts'
import type {FolderLabel, NavigationItem} from './generator.ts'
import {type NamedPage, PageFinder} from './shared/page-finder.ts'

/** A page whose place is looked for. */
export interface OutlinePage extends NamedPage {
  /** Below the content folder, as all paths here. */
  readonly path: string
  readonly title: string
  /** Among the pages of its folder, the lowest first; null where its project does not say. */
  readonly position: number | null
  /** The part of the site that it stands in after the others, as `Deutsch` or `v1`; null for the main part. */
  readonly part: string | null
}

/** A page, or a group of pages with or without one of its own. */
export interface OutlineItem {
  readonly title: string
  readonly path: string | null
  readonly items: readonly OutlineItem[]
}

/** The order of pages that the files of a project write down. */
export interface SiteNavigation {
  readonly items: readonly NavigationItem[]
  readonly folders: Readonly<Record<string, FolderLabel>>
}

/**
 * The order of a site's pages: its home page, unless its navigation puts that elsewhere; its navigation, each page once,
 * where it is named first; then the other pages, folder by folder, by their positions and names; then translations and
 * other versions, each as a group.
 */
export function outlineOf(pages: readonly OutlinePage[], navigation: SiteNavigation): OutlineItem[] {
  const finder = new PageFinder(pages)
  const left = new Set(pages)
  const listed = listedItems(navigation.items, {finder, left, folders: navigation.folders})
  const home = innermost(
    treeOf(
      pages.filter(({part}) => part === null),
      '',
    ),
  ).index
  const first = listed.length > 0 && home !== null && left.delete(home) ? [pageItem(home)] : []
  const parts = new Map<string | null, OutlinePage[]>([[null, []]])
  for (const page of left) {
    const ofPart = parts.get(page.part)
    if (ofPart) ofPart.push(page)
    else parts.set(page.part, [page])
  }
  const ordered = (part: string | null): OutlineItem[] =>
    itemsIn(innermost(treeOf(parts.get(part)!, '')), navigation.folders)
  const others = [...parts.keys()].filter((part) => part !== null).sort(byName)
  if (listed.length === 0 && parts.get(null)!.length === 0 && others.length === 1) return ordered(others[0]!)
  return [
    ...first,
    ...listed,
    ...ordered(null),
    ...others.map((part) => ({title: part, path: null, items: ordered(part)})),
  ]
}

function pageItem({title, path}: OutlinePage): OutlineItem {
  return {title, path, items: []}
}

interface Listing {
  readonly finder: PageFinder<OutlinePage>
  /** Pages without a place; those that get one are removed. */
  readonly left: Set<OutlinePage>
  readonly folders: SiteNavigation['folders']
}

function listedItems(items: readonly NavigationItem[], listing: Listing): OutlineItem[] {
  return items.flatMap((item) => listedItem(item, listing))
}

function listedItem({title, path, items}: NavigationItem, listing: Listing): OutlineItem[] {
  if (path?.endsWith('/')) return listedFolder(title, path.slice(0, -1), listing)
  const {finder, left} = listing
  const page = path === null ? null : finder.pageAt(path)
  const isFirst = page !== null && left.delete(page)
  const below = listedItems(items, listing)
  if (!isFirst && below.length === 0) return []
  const name = title ?? page?.title
  return name === undefined ? below : [{title: name, path: isFirst ? page.path : null, items: below}]
}

function listedFolder(title: string | null, path: string, {finder, left, folders}: Listing): OutlineItem[] {
  const folder = treeOf(
    finder.pagesBelow(path).filter((page) => left.delete(page)),
    path,
  )
  if (title === null) return itemsIn(folder, folders)
  const items = itemsIn({...folder, index: null}, folders)
  return folder.index === null && items.length === 0 ? [] : [{title, path: folder.index?.path ?? null, items}]
}

interface Folder {
  readonly path: string
  readonly index: OutlinePage | null
  readonly pages: readonly OutlinePage[]
  readonly folders: ReadonlyMap<string, Folder>
}

/** Pages by the folders that they are in, below one of them. */
function treeOf(pages: readonly OutlinePage[], path: string): Folder {
  const own: OutlinePage[] = []
  const byFolder = new Map<string, OutlinePage[]>()
  for (const page of pages) {
    const below = path === '' ? page.path : page.path.slice(path.length + 1)
    const at = below.indexOf('/')
    if (at < 0) own.push(page)
    else {
      const inside = byFolder.get(below.slice(0, at))
      if (inside) inside.push(page)
      else byFolder.set(below.slice(0, at), [page])
    }
  }
  const index = own.find((page) => isIndex(page.path)) ?? null
  const folders = [...byFolder].map(
    ([name, inside]) => [name, treeOf(inside, posix.join(path, name))] as const,
  )
  return {path, index, pages: own.filter((page) => page !== index), folders: new Map(folders)}
}

/** A folder that holds nothing but one folder is no group. */
function innermost(folder: Folder): Folder {
  const [only] = folder.folders.values()
  return folder.index === null && folder.pages.length === 0 && folder.folders.size === 1
    ? innermost(only!)
    : folder
}

/** Nor is one that holds a single page. */
function onlyPage({index, pages, folders}: Folder): OutlinePage | null {
  return index === null && folders.size === 0 && pages.length === 1 ? pages[0]! : null
}

interface Placed extends OutlineItem {
  readonly position: number
  readonly name: string
}

function itemsIn(folder: Folder, labels: SiteNavigation['folders']): OutlineItem[] {
  const groups = [...folder.folders].map(([name, below]) => {
    const inner = innermost(below)
    const label = labels[inner.path]
    const only = label === undefined ? onlyPage(inner) : null
    return only === null ? groupOf(inner, label, labels) : placedPage(only, name)
  })
  const placed = [...folder.pages.map((page) => placedPage(page)), ...groups].sort(
    (one, other) => compare(one.position, other.position) || byName(one.name, other.name),
  )
  const {index} = folder
  return [...(index === null ? [] : [placedPage(index)]), ...placed].map(({title, path, items}) => ({
    title,
    path,
    items,
  }))
}

/** `name` is what it is sorted by beside pages of the same position. */
function placedPage({path, title, position}: OutlinePage, name = posix.basename(path)): Placed {
  return {title, path, items: [], position: position ?? numberOf(name) ?? Infinity, name}
}

function groupOf(folder: Folder, label: FolderLabel | undefined, labels: SiteNavigation['folders']): Placed {
  const {index} = folder
  const name = posix.basename(folder.path)
  return {
    title: label?.title ?? index?.title ?? titleOfName(name),
    path: index?.path ?? null,
    items: itemsIn({...folder, index: null}, labels),
    position: label?.position ?? index?.position ?? numberOf(name) ?? Infinity,
    name,
  }
}

function compare(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0
}

const collator = new Intl.Collator('en', {numeric: true, sensitivity: 'base'})

function byName(one: string, other: string): number {
  return collator.compare(withoutMarkdownEnding(one), withoutMarkdownEnding(other))
}

/** `page.mdx` is that of the app router of Next. */
function isIndex(path: string): boolean {
  return /^(?:(?:_?index|readme)\.\w+|page\.mdx)$/i.test(posix.basename(path))
}

/** `02-getting-started` → 2. */
function numberOf(name: string): number | null {
  const number = /^(\d+)[-_.\s]/.exec(name)?.[1]
  return number === undefined ? null : Number(number)
}
