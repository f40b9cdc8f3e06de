import {DocentError, fileDiagnostic} from '../domain/index.ts'
import {ChildFailure, type ChildFailureKind} from '../processes/index.ts'
import {countWords} from '../text/words.ts'
import {absolutePathOf, type PlaceRules} from './content-home.ts'
import type {ParsedFile} from './parsed-file.ts'
import type {PageParser} from './parser-pool.ts'
import {hashOf, readSource, type Scan, type ScannedFile, type UnreadablePath} from './scan-folder.ts'
import {isWithdrawn} from './withdrawn.ts'

interface ReadOptions {
  readonly scan: Scan
  readonly parser: PageParser
  readonly rules: PlaceRules
  readonly signal: AbortSignal | undefined
}

/**
 * Reads and parses one file. A problem with it becomes a diagnostic and does not affect other files.
 * @throws DocentError `internal` when no page can be parsed; the signal's reason when aborted.
 */
export async function readPage(
  {path}: ScannedFile,
  {scan, parser, rules, signal}: ReadOptions,
): Promise<ParsedFile> {
  const bytes = readSource(absolutePathOf(scan, path)!)
  // Without a hash, the next ingest takes it for a changed file, whatever it contains then.
  if (typeof bytes === 'string') return failedFile(path, {hash: '', rule: 'unreadable', reason: bytes})
  // It may have changed since the scan; the hash must be that of the parsed bytes.
  const hash = hashOf(bytes)
  const text = bytes.toString('utf8')
  try {
    const {page, refused, diagnostics, fidelity, includes, links, anchors} = await parser.parse({path, text})
    if (refused && isWithdrawn(text, path, rules)) return withdrawnPage(path, hash)
    const source = {path, hash, includes, diagnostics, fidelity}
    return {state: refused ? 'failed' : 'read', source, page, links, anchors}
  } catch (error) {
    // Aborting closes the parser.
    signal?.throwIfAborted()
    if (!(error instanceof ChildFailure)) throw error
    if (error.kind === 'start' || error.kind === 'busy') {
      throw new DocentError('internal', `the parser processes do not start: ${error.message}`, {
        cause: error,
      })
    }
    if (isWithdrawn(text, path, rules)) return withdrawnPage(path, hash)
    const reason = `the page could not be parsed: ${error.message}`
    return failedFile(path, {hash, ...failures[error.kind], reason, words: countWords(text)})
  }
}

/** These may be the machine's fault, so every ingest tries such a page again. */
export const retriedRules: ReadonlySet<string> = new Set(['parse-timeout', 'parse-crash', 'unreadable'])

const failures: Readonly<
  Record<Exclude<ChildFailureKind, 'start' | 'busy'>, {readonly rule: string; readonly hint?: string}>
> = {
  cpu: {
    rule: 'too-slow',
    hint: 'Split the page. Long runs of brackets or asterisks and very deep lists take the longest. It is tried again when it changes.',
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
  /** Estimated number of words that readers would see. */
  readonly words?: number
}

function failedFile(path: string, {hash, rule, reason, hint, words}: Failure): ParsedFile {
  const diagnostic = fileDiagnostic(path, {rule, severity: 'error', reason, hint})
  const fidelity = words === undefined ? null : {visibleWords: words, keptWords: 0, constructs: {}, notes: []}
  const source = {path, hash, includes: [], diagnostics: [diagnostic], fidelity}
  return {state: 'failed', source, page: null, links: [], anchors: []}
}

/** A page that cannot be parsed and is withdrawn, so its problems do not matter. */
function withdrawnPage(path: string, hash: string): ParsedFile {
  const reason = 'the page is set aside: it is not for readers'
  const source = {
    path,
    hash,
    includes: [],
    diagnostics: [fileDiagnostic(path, {rule: 'draft', severity: 'info', reason})],
    fidelity: null,
  }
  return {state: 'read', source, page: null, links: [], anchors: []}
}

/** A page whose file the scan could not read; the scan has reported why. */
export function unreadablePage({path, hash}: Pick<UnreadablePath, 'path' | 'hash'>): ParsedFile {
  const source = {path, hash, includes: [], diagnostics: [], fidelity: null}
  return {state: 'failed', source, page: null, links: [], anchors: []}
}
