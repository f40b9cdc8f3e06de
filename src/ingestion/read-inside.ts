import {readFileSync, realpathSync, statSync} from 'node:fs'
import {join, sep} from 'node:path'
import {withheldReason} from '../markdown/index.ts'
import {type ContentRoot, dataReason} from './content-root.ts'
import {maxFileBytes} from './scan-folder.ts'

/**
 * A file below the root. Null for what is not there, not a file, too large, outside once links are followed, or
 * withheld by its own name or by that of the file it leads to.
 */
export function readInside(content: ContentRoot, path: string): Buffer | null {
  try {
    const real = realInside(content.root, path)
    if (real === null || withheldReason(path) !== null || realReason(content, real) !== null) return null
    const absolute = join(content.root, real)
    const found = statSync(absolute)
    return found.isFile() && found.size <= maxFileBytes ? readFileSync(absolute) : null
  } catch {
    // Not there; the parser says so with the line that asked for it.
    return null
  }
}

/** Why a file is withheld, by its own name or by that of the file it leads to; null for one that is not. */
export function withheldInside(content: ContentRoot, path: string): string | null {
  const reason = withheldReason(path)
  if (reason !== null) return reason
  try {
    const real = realInside(content.root, path)
    return real === null ? null : realReason(content, real)
  } catch {
    // Not there, so it leads nowhere.
    return null
  }
}

function realReason(content: ContentRoot, real: string): string | null {
  return withheldReason(real) ?? dataReason(content, join(content.root, real))
}

/** Where a path leads once links are followed, below the root; null outside. @throws what the file system says. */
function realInside(root: string, path: string): string | null {
  const real = realpathSync.native(join(root, path))
  return real.startsWith(root + sep) ? real.slice(root.length + 1).replaceAll(sep, '/') : null
}
