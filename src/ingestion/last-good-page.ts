import {fileDiagnostic, type Page} from '../domain/index.ts'
import type {SiteRules} from '../markdown/index.ts'
import {langOf, noFrontMatter, routeOf, versionOf} from '../markdown/index.ts'
import type {BuildRecords, FileRecord, StoredFidelity} from '../search-index/index.ts'
import type {ContentRoot} from './content-root.ts'
import type {ParsedFile} from './parsed-file.ts'
import {readInside, withheldInside} from './read-inside.ts'
import {hashOf} from './scan-folder.ts'

/** Of a page whose text is that of the build before. */
export const staleRule = 'stale-page'

export interface LastGoodOptions {
  readonly before: BuildRecords | null
  /** What the build before has of the file: under its path, or under the one that it was moved from. */
  readonly known: FileRecord | undefined
  readonly content: ContentRoot
  readonly site: SiteRules
}

/**
 * A page that could not be read keeps the text it had: old words under a warning are better than a hole in the
 * index. Anything else, and a page that was none before, comes back as it is.
 */
export function withLastGood(
  parsed: ParsedFile,
  {before, known, content, site}: LastGoodOptions,
): ParsedFile {
  if (parsed.state !== 'failed' || !known?.isPage || tookInWithheld(known, content)) return parsed
  const stored = before?.page(known.path) ?? null
  if (stored === null) return parsed
  const {source} = parsed
  const note = fileDiagnostic(source.path, {
    rule: staleRule,
    severity: 'warning',
    reason: 'the index keeps the page as it was before',
    hint: 'Readers find its old words until it can be read.',
  })
  return {
    state: 'stale',
    source: {
      ...source,
      // What it took in may be what it cannot be read with: then a change there is worth a try.
      includes: known.includes.map(({path}) => {
        const bytes = readInside(content, path)
        return {path, hash: bytes && hashOf(bytes)}
      }),
      diagnostics: [...source.diagnostics, note],
      fidelity: staleFidelity(source.fidelity, stored.fidelity),
    },
    page: movedPage(stored.page, source.path, site),
    links: stored.links,
    anchors: stored.anchors,
  }
}

/** Whether the page's text has words of a file that is not shown: an older Docent took it in, or it is a link by now. */
export function tookInWithheld({includes}: FileRecord, content: ContentRoot): boolean {
  return includes.some(({path, hash}) => hash !== null && withheldInside(content, path) !== null)
}

/** The page at its new place: what its path gave it is given by the new one, what its front matter gave it stays. */
function movedPage(page: Page, path: string, site: SiteRules): Page {
  if (page.path === path) return page
  const given = <T>(value: T, of: (path: string) => T): T => (of(page.path) === value ? of(path) : value)
  return {
    ...page,
    path,
    url: given(page.url, (at) => routeOf(at, noFrontMatter, site)),
    version: given(page.version, versionOf),
    lang: given(page.lang, (at) => langOf(at, site)),
  }
}

/** Words that were added since are lost, as far as can be counted. */
function staleFidelity(now: StoredFidelity | null, before: StoredFidelity | null): StoredFidelity | null {
  if (now === null || before === null) return now ?? before
  return {...before, visibleWords: now.visibleWords, keptWords: Math.min(before.keptWords, now.visibleWords)}
}
