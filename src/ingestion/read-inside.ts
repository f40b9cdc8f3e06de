import {readFileSync, realpathSync, statSync} from 'node:fs'
import {join, sep} from 'node:path'
import {maxFileBytes} from './scan-folder.ts'

/** A file below the root. Null for what is not there, not a file, too large, or outside once links are followed. */
export function readInside(root: string, path: string): Buffer | null {
  try {
    const real = realpathSync(join(root, path))
    if (!real.startsWith(root + sep)) return null
    const found = statSync(real)
    return found.isFile() && found.size <= maxFileBytes ? readFileSync(real) : null
  } catch {
    // Not there; the parser says so with the line that asked for it.
    return null
  }
}
