import {fileDiagnostic, type Page} from '../domain/index.ts'
import {noFrontMatter} from '../markdown/index.ts'
import type {BuildRecords, FileRecord, StoredFidelity} from '../search-index/index.ts'
import type {Content, PlaceRules} from './content-home.ts'
import type {ParsedFile} from './parsed-file.ts'
import {readContentFile, withheldFileReason} from './read-content-file.ts'
import {hashOf} from './scan-folder.ts'

/** The rule of the diagnostic for a page that keeps the text of the previous build. */
export const staleRule = 'stale-page'

export interface LastGoodOptions {
  readonly before: BuildRecords | null
  /** The file's record in the previous build, under its path or the one that it was moved from. */
  readonly previousFile: FileRecord | undefined
  readonly content: Content
  readonly rules: PlaceRules
}

/**
 * Replaces a page that could not be read with its last good version: old text with a warning is better than a hole in the
 * index. Other files, and files that had no page before, are returned unchanged.
 */
export function withLastGood(
  parsed: ParsedFile,
  {before, previousFile, content, rules}: LastGoodOptions,
): ParsedFile {
  if (parsed.state !== 'failed' || !previousFile?.isPage || includedWithheldFile(previousFile, content))
    return parsed
  const stored = before?.page(previousFile.path) ?? null
  if (stored === null) return parsed
  const {source} = parsed
  const note = fileDiagnostic(source.path, {
    rule: staleRule,
    severity: 'warning',
    reason: 'the index keeps the previous version of the page',
    hint: 'Readers find its old text until it can be read.',
  })
  return {
    state: 'stale',
    source: {
      ...source,
      // An included file may be the reason for the failure, so a change to it is worth another try.
      includes: previousFile.includes.map(({path}) => {
        const bytes = readContentFile(content, path)
        return {path, hash: bytes && hashOf(bytes)}
      }),
      diagnostics: [...source.diagnostics, note],
      fidelity: staleFidelity(source.fidelity, stored.fidelity),
    },
    page: movedPage(stored.page, source.path, rules),
    links: stored.links,
    anchors: stored.anchors,
  }
}

/** Whether the page's text contains a file that is withheld: an older Docent included it, or it has become a link since. */
export function includedWithheldFile({includes}: FileRecord, content: Content): boolean {
  return includes.some(({path, hash}) => hash !== null && withheldFileReason(content, path) !== null)
}

/** The page at its new path: what came from the old path is derived from the new one, what came from front matter stays. */
function movedPage(page: Page, path: string, rules: PlaceRules): Page {
  if (page.path === path) return page
  const before = rules.placeOf(page.path, noFrontMatter)
  const now = rules.placeOf(path, noFrontMatter)
  return {
    ...page,
    path,
    url: page.url === before.url ? now.url : page.url,
    version: isOfPath(page.version, before.version, page.path) ? now.version : page.version,
    lang: isOfPath(page.lang, before.lang, page.path) ? now.lang : page.lang,
  }
}

/**
 * Whether a value came from the path. A folder of a version or a language is known by the pages in it, so a path that no
 * longer exists says less than it did.
 */
function isOfPath(value: string | null, fromPath: string | null, path: string): boolean {
  if (value === fromPath) return true
  const names = path.split('/').slice(0, -1)
  return names.some((name) => name === value || name.endsWith(`-${value}`))
}

/** Words that were added since then count as lost. */
function staleFidelity(now: StoredFidelity | null, before: StoredFidelity | null): StoredFidelity | null {
  if (now === null || before === null) return now ?? before
  return {...before, visibleWords: now.visibleWords, keptWords: Math.min(before.keptWords, now.visibleWords)}
}
