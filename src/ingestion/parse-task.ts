import {posix} from 'node:path'
import {compareDiagnostics, fileDiagnostic} from '../domain/index.ts'
import {rulesOf, type Site} from '../generators/index.ts'
import {type ParsedPage, parsePage} from '../markdown/index.ts'
import type {IncludedFile} from '../search-index/index.ts'
import type {ContentRoot} from './content-root.ts'
import {writtenAnchorsIn} from './links.ts'
import {readContentFile, withheldFileReason} from './read-content-file.ts'
import {encodingProblemOf, hashOf} from './scan-folder.ts'

export interface ParseSetup extends ContentRoot {
  readonly site: Site
}

export interface ParseTask {
  readonly path: string
  readonly text: string
}

export interface ParseResult extends Omit<ParsedPage, 'includes'> {
  readonly includes: readonly IncludedFile[]
  /** Anchors that the author set outside headings. */
  readonly anchors: readonly string[]
}

/** Parses one page with the files of the project that it includes. Has no time limit of its own. */
export function parseTask({site, ...content}: ParseSetup, {path, text}: ParseTask): ParseResult {
  const included = new Map<string, string | null>()
  /** Why included files are not text, by path. */
  const encodingProblems = new Map<string, string>()
  const withheldReasons = new Map<string, string>()
  const readInclude = (projectPath: string): string | null => {
    const includePath = posix.relative(site.contentPath, projectPath)
    const bytes = readContentFile(content, includePath)
    const withheld = bytes === null ? withheldFileReason(content, includePath) : null
    if (withheld !== null) withheldReasons.set(includePath, withheld)
    included.set(includePath, bytes && hashOf(bytes))
    const problem = bytes && encodingProblemOf(bytes)
    if (problem) encodingProblems.set(includePath, problem.reason)
    // In a file with another encoding only some letters are lost; a file that is not text has no words at all.
    return problem && problem.rule !== 'invalid-utf-8' ? null : (bytes?.toString('utf8') ?? null)
  }
  const parsed = parsePage(text, {path, site: rulesOf(site), readInclude})
  for (const projectPath of parsed.includes)
    if (!included.has(posix.relative(site.contentPath, projectPath))) readInclude(projectPath)
  const includes = [...included]
    .map(([name, hash]) => ({path: name, hash}))
    .sort((one, other) => (one.path < other.path ? -1 : 1))
  const warning = (rule: string, reason: string, hint: string) =>
    fileDiagnostic(path, {rule, severity: 'warning', reason, hint})
  const diagnostics = [
    ...[...encodingProblems].map(([includePath, reason]) =>
      warning('include-unreadable', `the page includes ${includePath}, but ${reason}`, 'Save it as UTF-8.'),
    ),
    ...[...withheldReasons].map(([includePath, reason]) =>
      warning(
        'include-refused',
        `the page includes ${includePath}, which is, or links to, a file that is withheld: ${reason}`,
        'Copy what readers may see into a file with another name.',
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
