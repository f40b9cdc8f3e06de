import {isUtf8} from 'node:buffer'
import {createHash} from 'node:crypto'
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import {join, sep} from 'node:path'
import {setImmediate as yieldToEventLoop} from 'node:timers/promises'
import {type Diagnostic, DocentError, fileDiagnostic} from '../domain/index.ts'
import {isMarkdownName} from '../lib/markdown-name.ts'
import {toolFolders, withheldReason} from '../markdown/index.ts'
import type {Content} from './content-home.ts'
import {type ContentRoot, contentRootOf, dataFolderReason, isWithin} from './content-root.ts'
import {otherFormatOf} from './other-formats.ts'

/** A Markdown file that can be read. */
export interface ScannedFile {
  /** Below the content root, with `/` on every system. */
  readonly path: string
  readonly bytes: number
  /** SHA-256 of its bytes. */
  readonly hash: string
}

/** What was found in the content. */
export interface ScannedContent {
  /** Sorted by path, in code unit order. */
  readonly files: readonly ScannedFile[]
  /** Files and folders that were skipped although they look like content. */
  readonly diagnostics: readonly Diagnostic[]
  /** Those of them that exist and may be readable later: their pages do not count as removed. */
  readonly unreadable: readonly UnreadablePath[]
  /** Number of files that look like documentation but are not Markdown, by their ending. */
  readonly otherFormats: Readonly<Record<string, number>>
}

/** A folder and what was found in it. */
export type FolderScan = ContentRoot & ScannedContent

/** The content of one source or of several, and what was found in it. */
export type Scan = Content & ScannedContent

/** A Markdown file, or a folder, that could not be read. */
export interface UnreadablePath {
  /** Below the content root; `.` for the root itself. */
  readonly path: string
  readonly isFolder: boolean
  /** 0 for a folder, and if unknown. */
  readonly bytes: number
  /** SHA-256 of its bytes if they could be read but are not text; else empty. */
  readonly hash: string
}

/** Whether a file could not be read, or lies in a folder that could not be read. */
export function isUnreadable({unreadable}: ScannedContent, path: string): boolean {
  return unreadable.some(
    (entry) =>
      entry.path === path || (entry.isFolder && (entry.path === '.' || path.startsWith(`${entry.path}/`))),
  )
}

/** Larger than any page written for people. A limit is needed because remark's time grows faster than the text. */
export const maxFileBytes = 5 * 1024 * 1024

const maxFolderDepth = 64
/** Files read before the scan yields to the event loop. */
const filesPerTurn = 100

/**
 * Finds every Markdown file below a folder. Hidden files, `node_modules` and a data folder inside it are skipped
 * silently. What cannot or must not be read becomes a diagnostic: links that lead out of the folder, in circles or to
 * withheld files, devices, files that are unreadable, over 5 MB or not UTF-8. Files are read synchronously: that takes a
 * fifth of the time of promises, and nothing else has to be done meanwhile.
 * @throws DocentError `config` if the folder does not exist; the signal's reason when aborted.
 */
export async function scanFolder(
  content: string,
  {signal, dataDir = null}: {readonly signal?: AbortSignal; readonly dataDir?: string | null} = {},
): Promise<FolderScan> {
  let root: string
  try {
    root = realpathSync.native(content)
    if (!statSync(root).isDirectory()) throw new Error('it is not a folder')
  } catch (cause) {
    throw new DocentError('config', `the content folder ${content} cannot be read: ${rootReason(cause)}`, {
      cause,
    })
  }
  const contentRoot = contentRootOf(root, dataDir)
  const files: ScannedFile[] = []
  const diagnostics: Diagnostic[] = []
  const unreadable: UnreadablePath[] = []
  const otherFormats: Record<string, number> = {}
  let filesSeen = 0

  const report = (path: string, rule: string, reason: string, hint?: string): void => {
    diagnostics.push(fileDiagnostic(path, {rule, severity: 'error', reason, hint}))
  }

  /** `ancestors` are the real paths of the enclosing folders; the last one is the folder itself. */
  async function walk(prefix: string, ancestors: readonly string[]): Promise<void> {
    signal?.throwIfAborted()
    const folder = ancestors.at(-1)!
    let entries: Dirent[]
    try {
      entries = readdirSync(folder, {withFileTypes: true})
    } catch (error) {
      const path = prefix.slice(0, -1) || '.'
      report(path, 'unreadable', `the folder cannot be read: ${reasonOf(error)}`)
      unreadable.push({path, isFolder: true, bytes: 0, hash: ''})
      return
    }
    entries.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
    for (const entry of entries) {
      const path = `${prefix}${entry.name}`
      if (entry.name.startsWith('.') || toolFolders.has(entry.name)) continue
      await visit(join(folder, entry.name), path, ancestors, entry)
    }
  }

  async function visit(
    absolute: string,
    path: string,
    ancestors: readonly string[],
    entry: Dirent,
  ): Promise<void> {
    const isLink = entry.isSymbolicLink()
    let real: string
    let found: Stats
    try {
      real = isLink ? realpathSync.native(absolute) : absolute
      found = statSync(real)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ELOOP') report(path, 'symlink-loop', 'the link leads to itself')
      else if (path.includes('\ufffd') && !isLink) {
        // What cannot be decoded is U+FFFD, and nothing has that name.
        if (entry.isDirectory() || isMarkdownName(path))
          report(path, 'name-not-utf-8', 'its name is not UTF-8, so it cannot be opened', 'Rename it.')
      } else if (isMarkdownName(path)) {
        report(path, 'unreadable', `the file cannot be read: ${reasonOf(error)}`)
        // A dangling link is what remains of a page that was removed.
        if (code !== 'ENOENT') unreadable.push({path, isFolder: false, bytes: 0, hash: ''})
      }
      return
    }
    const isInside = isWithin(root, real)
    const ownData = dataFolderReason(contentRoot, real)
    if (found.isDirectory()) {
      if (!isInside) report(path, 'symlink-escape', 'the link leads out of the content folder')
      else if (ownData !== null) {
        if (isLink)
          report(path, 'symlink-withheld', `the link leads to a folder that is withheld: ${ownData}`)
      } else if (ancestors.includes(real))
        report(path, 'symlink-loop', 'the link leads to a folder that contains it')
      else if (ancestors.length >= maxFolderDepth)
        report(path, 'too-deep', `folders are nested more than ${maxFolderDepth} levels deep`)
      else await walk(`${path}/`, [...ancestors, real])
      return
    }
    if (!isMarkdownName(path)) {
      const format = otherFormatOf(path)
      if (format !== null) otherFormats[format] = (otherFormats[format] ?? 0) + 1
      return
    }
    if (!isInside) return report(path, 'symlink-escape', 'the link leads out of the content folder')
    const withheld = ownData ?? withheldReason(real.slice(root.length + 1).replaceAll(sep, '/'))
    if (withheld !== null) {
      return report(path, 'symlink-withheld', `the link leads to a file that is withheld: ${withheld}`)
    }
    if (!found.isFile()) return report(path, 'not-a-file', 'it is a device, a pipe or a socket')
    const reportUnreadable = (rule: string, reason: string, hint?: string, hash = ''): void => {
      report(path, rule, reason, hint)
      unreadable.push({path, isFolder: false, bytes: found.size, hash})
    }
    if (found.size > maxFileBytes) {
      const reason = `the file has ${megabytes(found.size)} MB; the limit is 5 MB`
      return reportUnreadable('too-large', reason, 'Split the page.')
    }
    if (++filesSeen % filesPerTurn === 0) {
      await yieldToEventLoop()
      signal?.throwIfAborted()
    }
    const read = readSource(real)
    if (typeof read === 'string') return reportUnreadable('unreadable', read)
    const problem = encodingProblemOf(read)
    if (problem) return reportUnreadable(problem.rule, problem.reason, 'Save it as UTF-8.', hashOf(read))
    files.push({path, bytes: read.byteLength, hash: hashOf(read)})
  }

  await walk('', [root])
  files.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0))
  return {...contentRoot, files, diagnostics, unreadable, otherFormats}
}

/** How often a file that changes while it is read is tried. */
const readTries = 3

/**
 * Returns a consistent snapshot of a file's bytes, or why it cannot be read. Never blocks on a pipe that took its place;
 * a file that changes while it is read is read again.
 */
export function readSource(absolute: string): Buffer | string {
  try {
    for (let tries = 0; tries < readTries; tries++) {
      const read = readOnce(absolute)
      if (read !== 'changed') return typeof read === 'string' ? read : read.bytes
    }
    return 'the file keeps changing while it is read; ingest again when it is complete'
  } catch (error) {
    return `the file cannot be read: ${reasonOf(error)}`
  }
}

function readOnce(absolute: string): {readonly bytes: Buffer} | 'changed' | string {
  const file = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const before = fstatSync(file, {bigint: true})
    if (!before.isFile()) return 'the path is no longer a file'
    if (before.size > maxFileBytes) return 'the file has grown over 5 MB'
    const bytes = readFileSync(file)
    const after = fstatSync(file, {bigint: true})
    const isWhole = after.mtimeNs === before.mtimeNs && after.size === BigInt(bytes.length)
    return isWhole ? {bytes} : 'changed'
  } finally {
    closeSync(file)
  }
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A zero byte may be a slip of an editor or of a copy; text with a few stays text, and the parser removes them. */
function maxStrayZeros(length: number): number {
  return Math.min(length / 10, Math.max(8, length / 1_000))
}

function zerosIn(bytes: Buffer): number {
  let zeros = 0
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) zeros++
  return zeros
}

/** Why the bytes are not text; null if they are UTF-8. */
export function encodingProblemOf(bytes: Buffer): {rule: string; reason: string} | null {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return {rule: 'utf-16', reason: 'the file is UTF-16'}
  }
  const zeros = zerosIn(bytes)
  if (zeros > maxStrayZeros(bytes.length))
    return {rule: 'binary', reason: `the file is binary: ${zeros} bytes are zero`}
  return isUtf8(bytes) ? null : {rule: 'invalid-utf-8', reason: 'the file is not valid UTF-8'}
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1)
}

function rootReason(error: unknown): string {
  const {code, message} = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such folder'
  return code === undefined ? message : reasonOf(error)
}

function reasonOf(error: unknown): string {
  const {code, message} = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ENOENT') return 'the link leads nowhere'
  return code ?? message
}
