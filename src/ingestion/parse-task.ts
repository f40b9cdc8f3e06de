import {posix} from 'node:path'
import {compareDiagnostics, fileDiagnostic} from '../domain/index.ts'
import {rulesOf, type Site} from '../generators/index.ts'
import {type ParsedPage, parsePage} from '../markdown/index.ts'
import type {IncludedFile} from '../search-index/index.ts'
import {type Content, homeOf, pathAmong, urlAmong} from './content-home.ts'
import type {ContentRoot} from './content-root.ts'
import {readContentFile, withheldFileReason} from './read-content-file.ts'
import {encodingProblemOf, hashOf} from './scan-folder.ts'
import {termAnchorsIn, writtenAnchorsIn} from './written-anchors.ts'

/** A source and its site. */
export interface SourceSetup extends ContentRoot {
  readonly site: Site
}

export type ParseSetup = Content<SourceSetup>

export interface ParseTask {
  readonly path: string
  readonly text: string
}

export interface ParseResult extends Omit<ParsedPage, 'includes'> {
  readonly includes: readonly IncludedFile[]
  /** Anchors that the author set outside headings. */
  readonly anchors: readonly string[]
}

/**
 * Parses one page with the files of the project that it includes. Has no time limit of its own.
 * @throws Error for a path that belongs to no source.
 */
export function parseTask(setup: ParseSetup, {path, text}: ParseTask): ParseResult {
  const found = homeOf(setup, path)
  if (found === null) throw new Error(`${path} belongs to no source`)
  return among(found.name, parseIn(found.home, {path: found.path, text}))
}

/** The page of a source among those of all: its paths and addresses, and the links that its site resolves. */
function among(name: string, parsed: ParseResult): ParseResult {
  if (name === '') return parsed
  const {page, diagnostics, includes, links} = parsed
  return {
    ...parsed,
    page: page && {...page, path: pathAmong(name, page.path), url: urlAmong(name, page.url)},
    diagnostics: diagnostics.map((one) => ({...one, path: pathAmong(name, one.path)})),
    includes: includes.map((one) => ({...one, path: pathAmong(name, one.path)})),
    links: links.map((link) => ({...link, target: link.target.replace(/^(@?\/)/, `$1${name}/`)})),
  }
}

function parseIn({site, ...content}: SourceSetup, {path, text}: ParseTask): ParseResult {
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
  const rules = rulesOf(site)
  const parsed = parsePage(text, {path, site: rules, readInclude})
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
    anchors: parsed.page
      ? [
          ...new Set([
            ...writtenAnchorsIn(text),
            ...termAnchorsIn(text, rules.anchors()),
            ...parsed.fragments,
          ]),
        ]
      : [],
  }
}
