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
import {dirname, join, sep} from 'node:path'
import {setImmediate as yieldToEventLoop} from 'node:timers/promises'
import {type Diagnostic, DocentError, fileDiagnostic} from '../domain/index.ts'
import {isSiteConfig, type ProjectFile, toolFolders, withheldReason} from '../markdown/index.ts'
import {type ContentRoot, contentRootOf, dataFolderReason, isWithin} from './content-root.ts'

/** A Markdown file that can be read. */
export interface ScannedFile {
  /** Below the content root, with `/` on every system. */
  readonly path: string
  readonly bytes: number
  /** SHA-256 of its bytes. */
  readonly hash: string
}

export interface Scan extends ContentRoot {
  /** Sorted by path, in code unit order. */
  readonly files: readonly ScannedFile[]
  /** Configuration files of the site generator. */
  readonly configs: readonly ProjectFile[]
  /** Files and folders that were skipped although they look like content. */
  readonly diagnostics: readonly Diagnostic[]
  /** Those of them that exist and may be readable later: their pages do not count as removed. */
  readonly unreadable: readonly UnreadablePath[]
}

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
export function isUnreadable({unreadable}: Scan, path: string): boolean {
  return unreadable.some(
    (entry) =>
      entry.path === path || (entry.isFolder && (entry.path === '.' || path.startsWith(`${entry.path}/`))),
  )
}

/** Larger than any page written for people. A limit is needed because remark's time grows faster than the text. */
export const maxFileBytes = 5 * 1024 * 1024

const maxConfigBytes = 512 * 1024
const maxFolderDepth = 64
/** How many folders above the content root are searched for the site's configuration, up to the repository's root. */
const maxFoldersAbove = 2
/** Files read before the scan yields to the event loop. */
const filesPerTurn = 100

/**
 * Finds every `.md` and `.mdx` file below a folder. Hidden files, `node_modules` and a data folder inside it are skipped
 * silently. What cannot or must not be read becomes a diagnostic: links that lead out of the folder, in circles or to
 * withheld files, devices, files that are unreadable, over 5 MB or not UTF-8. Files are read synchronously: that takes a
 * fifth of the time of promises, and nothing else has to be done meanwhile.
 * @throws DocentError `config` if the folder does not exist; the signal's reason when aborted.
 */
export async function scanFolder(
  content: string,
  {signal, dataDir = null}: {readonly signal?: AbortSignal; readonly dataDir?: string | null} = {},
): Promise<Scan> {
  let root: string
  try {
    root = realpathSync.native(content)
    if (!statSync(root).isDirectory()) throw new Error('it is not a folder')
  } catch (cause) {
    throw new DocentError(
      'config',
      `the content folder ${content} cannot be read: ${(cause as Error).message}`,
      {cause},
    )
  }
  const contentRoot = contentRootOf(root, dataDir)
  const files: ScannedFile[] = []
  const configs: ProjectFile[] = []
  const diagnostics: Diagnostic[] = []
  const unreadable: UnreadablePath[] = []
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
      if (isSiteConfig(path) && prefix.split('/').length <= 4) addConfig(join(folder, entry.name), path)
      if (entry.name.startsWith('.') || toolFolders.has(entry.name)) {
        // VitePress keeps its configuration in a hidden folder.
        if (entry.name === '.vitepress' && entry.isDirectory()) addVitePress(join(folder, entry.name), path)
        continue
      }
      await visit(join(folder, entry.name), path, ancestors, entry.isSymbolicLink())
    }
  }

  async function visit(
    absolute: string,
    path: string,
    ancestors: readonly string[],
    isLink: boolean,
  ): Promise<void> {
    let real: string
    let found: Stats
    try {
      real = isLink ? realpathSync.native(absolute) : absolute
      found = statSync(real)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ELOOP') report(path, 'symlink-loop', 'the link leads to itself')
      else if (isMarkdown(path)) {
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
    if (!isMarkdown(path)) return
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

  function addConfig(absolute: string, path: string): void {
    const text = readConfig(absolute, root)
    if (text !== null) configs.push({path, text})
  }

  function addVitePress(folder: string, prefix: string): void {
    for (const name of namesIn(folder)) {
      if (isSiteConfig(`${prefix}/${name}`)) addConfig(join(folder, name), `${prefix}/${name}`)
    }
  }

  await walk('', [root])
  if (configs.length === 0) configs.push(...configsAbove(root))
  files.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0))
  return {...contentRoot, files, configs, diagnostics, unreadable}
}

/** Configuration files of the nearest folder above that has any, not beyond the repository's root. */
function configsAbove(root: string): ProjectFile[] {
  let folder = root
  for (let i = 0; i < maxFoldersAbove; i++) {
    const inside = namesIn(folder)
    if (inside.includes('.git') || folder === dirname(folder)) return []
    folder = dirname(folder)
    const found: ProjectFile[] = []
    for (const name of namesIn(folder)) {
      if (!isSiteConfig(name)) continue
      const text = readConfig(join(folder, name), folder)
      if (text !== null) found.push({path: name, text})
    }
    if (found.length > 0) return found
  }
  return []
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // A folder that cannot be listed has no configuration.
    return []
  }
}

function readConfig(absolute: string, root: string): string | null {
  try {
    const real = realpathSync.native(absolute)
    const found = statSync(real)
    if (!found.isFile() || found.size > maxConfigBytes || !real.startsWith(root + sep)) return null
    return readFileSync(real, 'utf8')
  } catch {
    // Without a readable configuration the site counts as plain.
    return null
  }
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

/** Why the bytes are not text; null if they are UTF-8. */
export function encodingProblemOf(bytes: Buffer): {rule: string; reason: string} | null {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return {rule: 'utf-16', reason: 'the file is UTF-16'}
  }
  const zero = bytes.indexOf(0)
  if (zero >= 0) return {rule: 'binary', reason: `the file is binary: byte ${zero} is zero`}
  return isUtf8(bytes) ? null : {rule: 'invalid-utf-8', reason: 'the file is not valid UTF-8'}
}

export function isMarkdown(path: string): boolean {
  return /\.mdx?$/i.test(path)
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1)
}

function reasonOf(error: unknown): string {
  const {code, message} = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ENOENT') return 'the link leads nowhere'
  return code ?? message
}
