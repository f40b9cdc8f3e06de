import {join} from 'node:path'
import {DocentError, fileDiagnostic} from '../domain/index.ts'
import {ChildFailure, type ChildFailureKind} from '../processes/index.ts'
import {countWords} from '../text/words.ts'
import type {ParsedFile} from './parsed-file.ts'
import type {PageParser} from './parser-pool.ts'
import {hashOf, readSource, type Scan, type ScannedFile, type UnreadPlace} from './scan-folder.ts'
import {isTakenBack} from './taken-back.ts'

interface ReadOptions {
  readonly scan: Scan
  readonly parser: PageParser
  readonly signal: AbortSignal | undefined
}

/**
 * Reads and parses one file. What goes wrong with it is its diagnostic and concerns no other.
 * @throws DocentError `internal` when pages cannot be read at all; the signal's reason when aborted.
 */
export async function readPage(
  {path}: ScannedFile,
  {scan, parser, signal}: ReadOptions,
): Promise<ParsedFile> {
  const bytes = readSource(join(scan.root, path))
  // Without a hash it is a changed file to the next ingest, whatever it holds then.
  if (typeof bytes === 'string') return failed(path, {hash: '', rule: 'unreadable', reason: bytes})
  // It may have changed since the scan; what counts is what is parsed.
  const hash = hashOf(bytes)
  const text = bytes.toString('utf8')
  try {
    const {page, refused, diagnostics, fidelity, includes, links, anchors} = await parser.parse({path, text})
    if (refused && isTakenBack(text, path)) return takenBack(path, hash)
    const source = {path, hash, includes, diagnostics, fidelity}
    return {state: refused ? 'failed' : 'read', source, page, links, anchors}
  } catch (error) {
    // Aborting closes the parser.
    signal?.throwIfAborted()
    if (!(error instanceof ChildFailure)) throw error
    if (error.kind === 'start' || error.kind === 'busy') {
      throw new DocentError('internal', `the processes that read pages do not start: ${error.message}`, {
        cause: error,
      })
    }
    if (isTakenBack(text, path)) return takenBack(path, hash)
    const reason = `the page could not be parsed: ${error.message}`
    return failed(path, {hash, ...failures[error.kind], reason, words: countWords(text)})
  }
}

/** `parse-timeout` and `parse-crash` may be the machine's fault, so such a page is tried again by each ingest. */
export const retriedRules: ReadonlySet<string> = new Set(['parse-timeout', 'parse-crash', 'unreadable'])

const failures: Readonly<
  Record<Exclude<ChildFailureKind, 'start' | 'busy'>, {readonly rule: string; readonly hint?: string}>
> = {
  cpu: {
    rule: 'too-slow',
    hint: 'Split the page. Long runs of brackets or asterisks and very deep lists take longest. It is tried again when it changes.',
  },
  stuck: {rule: 'parse-timeout', hint: 'It is tried again by the next ingest.'},
  memory: {
    rule: 'too-much-memory',
    hint: 'Split the page; it may be too large or too deeply nested. It is tried again when it changes.',
  },
  died: {rule: 'parse-crash', hint: 'It is tried again by the next ingest.'},
  threw: {rule: 'parse-error'},
}

interface Failure {
  readonly hash: string
  readonly rule: string
  readonly reason: string
  readonly hint?: string
  /** That readers would see, about. */
  readonly words?: number
}

function failed(path: string, {hash, rule, reason, hint, words}: Failure): ParsedFile {
  const diagnostic = fileDiagnostic(path, {rule, severity: 'error', reason, hint})
  const fidelity = words === undefined ? null : {visibleWords: words, keptWords: 0, constructs: {}, notes: []}
  const source = {path, hash, includes: [], diagnostics: [diagnostic], fidelity}
  return {state: 'failed', source, page: null, links: [], anchors: []}
}

/** A page that cannot be read and is not for readers either, which is all that there is to know of it. */
function takenBack(path: string, hash: string): ParsedFile {
  const reason = 'the page is set aside: its front matter says that it is not for readers'
  const source = {
    path,
    hash,
    includes: [],
    diagnostics: [fileDiagnostic(path, {rule: 'draft', severity: 'info', reason})],
    fidelity: null,
  }
  return {state: 'read', source, page: null, links: [], anchors: []}
}

/** A page whose file the scan could not read; the scan's own diagnostic says why. */
export function unreadPage({path, hash}: Pick<UnreadPlace, 'path' | 'hash'>): ParsedFile {
  const source = {path, hash, includes: [], diagnostics: [], fidelity: null}
  return {state: 'failed', source, page: null, links: [], anchors: []}
}
