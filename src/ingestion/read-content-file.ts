import {existsSync, readFileSync, realpathSync, statSync} from 'node:fs'
import {join, sep} from 'node:path'
import {withheldReason} from '../markdown/index.ts'
import {type ContentRoot, dataFolderReason} from './content-root.ts'
import {maxFileBytes} from './scan-folder.ts'

/**
 * Reads a file below the content root. Null if it does not exist, is not a file, is too large, lies outside once links
 * are followed, or is withheld because of its own name or that of the file it links to.
 */
export function readContentFile(content: ContentRoot, path: string): Buffer | null {
  try {
    const real = realPathBelow(content.root, path)
    if (real === null || withheldReason(path) !== null || realPathReason(content, real) !== null) return null
    const absolute = join(content.root, real)
    const found = statSync(absolute)
    return found.isFile() && found.size <= maxFileBytes ? readFileSync(absolute) : null
  } catch {
    // It does not exist; the parser reports that with the line of the include.
    return null
  }
}

/** Why a file is withheld because of its own name or that of the file it links to; null if it is not withheld. */
export function withheldFileReason(content: ContentRoot, path: string): string | null {
  const reason = withheldReason(path)
  if (reason !== null) return reason
  try {
    const real = realPathBelow(content.root, path)
    return real === null ? null : realPathReason(content, real)
  } catch {
    // It does not exist, so it links to nothing.
    return null
  }
}

function realPathReason(content: ContentRoot, real: string): string | null {
  return withheldReason(real) ?? dataFolderReason(content, join(content.root, real))
}

/**
 * The path below the root once links are followed; null outside of it. A path names a file in both Unicode forms.
 * @throws the file system's error.
 */
function realPathBelow(root: string, path: string): string | null {
  const form = [path, path.normalize('NFC'), path.normalize('NFD')].find((at) => existsSync(join(root, at)))
  const real = realpathSync.native(join(root, form ?? path))
  return real.startsWith(root + sep) ? real.slice(root.length + 1).replaceAll(sep, '/') : null
}
