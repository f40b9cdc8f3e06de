/** A folder that is one of several with the same pages, such as translations or versions. */
export interface SimilarFolder {
  /** Below the root of the paths. */
  readonly path: string
  readonly name: string
  /** Whether the folder above it holds the same pages too, without a name. */
  readonly besideUnnamed: boolean
}

/** Share of the pages of the smaller of two folders that both must have. */
const minShared = 0.25
/** Folders that are compared; sites have a few dozen languages or versions. */
const maxNamed = 500

/**
 * Folders with a certain kind of name that hold the same pages as a folder beside them, or as the folder above: names alone
 * prove nothing, `api/v2` may be a part of the docs. `nameOf` returns what the folder is called, null for other folders.
 */
export function similarFolders(
  paths: readonly string[],
  nameOf: (folder: string) => string | null,
): SimilarFolder[] {
  const pages = namedFolders(paths, nameOf)
  const byParent = new Map<string, string[]>()
  for (const folder of pages.keys()) {
    const parent = parentOf(folder)
    byParent.set(parent, [...(byParent.get(parent) ?? []), folder])
  }
  return [...byParent].flatMap(([parent, folders]) => {
    const unnamed = pagesBeside(paths, parent, folders)
    return folders.flatMap((path) => {
      const own = pages.get(path)!
      const besideUnnamed = areSimilar(own, unnamed)
      const isSimilar =
        besideUnnamed || folders.some((other) => other !== path && areSimilar(own, pages.get(other)!))
      return isSimilar ? [{path, name: nameOf(path.slice(path.lastIndexOf('/') + 1))!, besideUnnamed}] : []
    })
  })
}

/** The pages below each folder with such a name, outermost folders only. */
function namedFolders(
  paths: readonly string[],
  nameOf: (folder: string) => string | null,
): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const path of paths) {
    const parts = path.split('/')
    const at = parts.slice(0, -1).findIndex((part) => nameOf(part) !== null)
    if (at < 0) continue
    const folder = parts.slice(0, at + 1).join('/')
    const pages = found.get(folder) ?? new Set()
    if (found.size >= maxNamed && !found.has(folder)) continue
    pages.add(pageName(parts.slice(at + 1).join('/')))
    found.set(folder, pages)
  }
  return found
}

function pagesBeside(paths: readonly string[], parent: string, folders: readonly string[]): Set<string> {
  const start = parent === '' ? '' : `${parent}/`
  const named = folders.map((folder) => `${folder}/`)
  return new Set(
    paths
      .filter((path) => path.startsWith(start) && !named.some((folder) => path.startsWith(folder)))
      .map((path) => pageName(path.slice(start.length))),
  )
}

function areSimilar(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const [smaller, larger] = one.size < other.size ? [one, other] : [other, one]
  let shared = 0
  for (const page of smaller) if (larger.has(page)) shared++
  return shared > 0 && shared >= minShared * smaller.size
}

function pageName(path: string): string {
  return path.replace(/\.\w+$/, '').toLowerCase()
}

function parentOf(folder: string): string {
  const at = folder.lastIndexOf('/')
  return at < 0 ? '' : folder.slice(0, at)
}
