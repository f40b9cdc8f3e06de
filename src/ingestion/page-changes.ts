import type {Page} from '../domain/index.ts'
import {type BuildRecords, embeddingHashOf, embeddingTextOf, type FileRecord} from '../search-index/index.ts'
import type {PageChange} from './ingest-report.ts'
import type {ParsedFile} from './parsed-file.ts'

export function changesOf(
  {state, source, page}: ParsedFile,
  beforeFiles: ReadonlyMap<string, FileRecord>,
  before: BuildRecords | null,
  removedByHash: ReadonlyMap<string, FileRecord>,
): PageChange[] {
  const {path, hash} = source
  const known = beforeFiles.get(path)
  // Its passages are unchanged.
  if (state === 'stale' && known?.isPage) return []
  const from = known?.isPage ? undefined : removedByHash.get(hash)
  const old = before?.embeddingHashesOf(from?.path ?? path) ?? []
  const now =
    page?.sections.flatMap((section) =>
      section.passages.map((passage) => embeddingHashOf(embeddingTextOf(page, section, passage))),
    ) ?? []
  const unmatched = new Map<string, number>()
  for (const hashOfOld of old) unmatched.set(hashOfOld, (unmatched.get(hashOfOld) ?? 0) + 1)
  let kept = 0
  for (const hashOfNew of now) {
    const count = unmatched.get(hashOfNew) ?? 0
    if (count > 0) {
      unmatched.set(hashOfNew, count - 1)
      kept++
    }
  }
  const passages = {added: now.length - kept, kept, removed: old.length - kept}
  if (!page) return known?.isPage ? [{path, kind: 'removed', passages}] : []
  if (from?.isPage) return [{path, kind: 'moved', from: from.path, passages}]
  if (!known?.isPage) return [{path, kind: 'new', passages}]
  // It was parsed again for another reason than a change of the file.
  if (known.hash === hash && passages.added === 0 && passages.removed === 0) return []
  return [{path, kind: 'changed', passages}]
}

export function countsOf(changes: readonly PageChange[]): Record<PageChange['kind'], number> {
  const counts = {new: 0, changed: 0, moved: 0, removed: 0}
  for (const {kind} of changes) counts[kind]++
  return counts
}

export function passagesIn(page: Page | null): number {
  return page?.sections.reduce((sum, section) => sum + section.passages.length, 0) ?? 0
}

/** The removals of pages, with the passages they had. */
export function removalsOf(files: readonly FileRecord[], before: BuildRecords): PageChange[] {
  return files
    .filter(({isPage}) => isPage)
    .map(({path}) => {
      const removed = before.embeddingHashesOf(path).length
      return {path, kind: 'removed', passages: {added: 0, kept: 0, removed}}
    })
}
