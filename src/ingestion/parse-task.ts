import {compareDiagnostics, fileDiagnostic} from '../domain/index.ts'
import {type ParsedPage, parsePage, type SiteRules} from '../markdown/index.ts'
import type {IncludedFile} from '../search-index/index.ts'
import type {ContentRoot} from './content-root.ts'
import {writtenAnchorsIn} from './links.ts'
import {readInside, withheldInside} from './read-inside.ts'
import {encodingProblemOf, hashOf} from './scan-folder.ts'

export interface ParseSetup extends ContentRoot {
  readonly site: SiteRules
}

export interface ParseTask {
  readonly path: string
  readonly text: string
}

export interface ParseResult extends Omit<ParsedPage, 'includes'> {
  readonly includes: readonly IncludedFile[]
  /** Set by the writer, outside headings. */
  readonly anchors: readonly string[]
}

/** Reads one page, with what it includes from below the content root. Takes as long as it takes. */
export function parseTask({site, ...content}: ParseSetup, {path, text}: ParseTask): ParseResult {
  const included = new Map<string, string | null>()
  /** Why files are no text, by path. */
  const unreadable = new Map<string, string>()
  const refused = new Map<string, string>()
  const readInclude = (wanted: string): string | null => {
    const bytes = readInside(content, wanted)
    const withheld = bytes === null ? withheldInside(content, wanted) : null
    if (withheld !== null) refused.set(wanted, withheld)
    included.set(wanted, bytes && hashOf(bytes))
    const problem = bytes && encodingProblemOf(bytes)
    if (problem) unreadable.set(wanted, problem.reason)
    // A letter in another encoding is one letter lost; bytes that are no text are no words at all.
    return problem && problem.rule !== 'invalid-utf-8' ? null : (bytes?.toString('utf8') ?? null)
  }
  const parsed = parsePage(text, {path, site, readInclude})
  for (const wanted of parsed.includes) if (!included.has(wanted)) readInclude(wanted)
  const includes = [...included]
    .map(([name, hash]) => ({path: name, hash}))
    .sort((one, other) => (one.path < other.path ? -1 : 1))
  const warning = (rule: string, reason: string, hint: string) =>
    fileDiagnostic(path, {rule, severity: 'warning', reason, hint})
  const diagnostics = [
    ...[...unreadable].map(([wanted, reason]) =>
      warning('include-unreadable', `it takes in ${wanted}, and ${reason}`, 'Save it as UTF-8.'),
    ),
    ...[...refused].map(([wanted, reason]) =>
      warning(
        'include-refused',
        `it takes in ${wanted}, which is, or leads to, a file that is not shown: ${reason}`,
        'Copy what readers may see into a file of another name.',
      ),
    ),
  ]
  return {
    ...parsed,
    diagnostics: [...parsed.diagnostics, ...diagnostics].sort(compareDiagnostics),
    includes,
    anchors: parsed.page ? [...new Set([...writtenAnchorsIn(text), ...parsed.fragments])] : [],
  }
}
