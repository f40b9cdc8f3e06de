import type {PageRoot} from '../site.ts'

/** Whether a path lies below a folder; below the empty one lies everything. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`)
}

/** The folder of pages that a file belongs to: the first of those with the longest paths first; null for none. */
export function rootOf(path: string, {roots}: {readonly roots: readonly PageRoot[]}): PageRoot | null {
  return roots.find((root) => isBelow(path, root.path)) ?? null
}
