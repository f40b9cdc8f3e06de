import {withoutMarkdownEnding} from '../../lib/markdown-name.ts'

/** A page as navigations name it. */
export interface NamedPage {
  readonly path: string
  /** The path that a file has whose address is as its name; null or absent where that is unknown. */
  readonly addressPath?: string | null
}

/**
 * Finds pages by the paths that navigations write: with or without extension, as a folder's index, as an address, as a
 * slug.
 */
export class PageFinder<Page extends NamedPage> {
  readonly #pages: readonly Page[]
  readonly #byPath = new Map<string, Page>()

  constructor(pages: readonly Page[]) {
    this.#pages = pages
    const pathOf = ({path}: Page): string => path
    const addressOf = ({addressPath}: Page): string | null => addressPath ?? null
    for (const keysOf of [exactKeys, slugKeys]) {
      for (const nameOf of [pathOf, addressOf]) {
        for (const page of pages) {
          const name = nameOf(page)
          const keys = name === null ? [] : keysOf(name)
          for (const key of keys) if (!this.#byPath.has(key)) this.#byPath.set(key, page)
        }
      }
    }
  }

  /** The page of a path below the content folder; null where there is none. An exact path wins. */
  pageAt(path: string): Page | null {
    return this.#byPath.get(path) ?? this.#byPath.get(slugOf(withoutMarkdownEnding(path))) ?? null
  }

  /** All pages in a folder and below it. */
  pagesBelow(folder: string): Page[] {
    return folder === '' ? [...this.#pages] : this.#pages.filter(({path}) => path.startsWith(`${folder}/`))
  }
}

function exactKeys(path: string): string[] {
  const bare = withoutMarkdownEnding(path)
  return [path, bare, bare.replace(/(?:^|\/)(?:_?index|readme)$/i, '')]
}

function slugKeys(path: string): string[] {
  return exactKeys(path).map(slugOf)
}

/** Without number prefixes, in lower case: `01-Getting Started/02-kiln` → `getting-started/kiln`. */
function slugOf(path: string): string {
  return path
    .split('/')
    .map((name) =>
      name
        .replace(/^\d+[-_.]\s*(?=\D)/, '')
        .toLowerCase()
        .replace(/\s+/g, '-'),
    )
    .join('/')
}
