import {existsSync, readFileSync, realpathSync, statSync} from 'node:fs'
import {join, relative, sep} from 'node:path'
import {withheldReason} from '../markdown/index.ts'
import {type Content, homeOf} from './content-home.ts'
import {type ContentRoot, dataFolderReason, isWithin} from './content-root.ts'
import {maxFileBytes} from './scan-folder.ts'

/**
 * Reads a file of the project by its path below the content root, as `../shared/note.md`. Null if it does not exist, is not
 * a file, is too large, lies outside the project once links are followed, or is withheld because of its own name or that
 * of the file it links to.
 */
export function readContentFile(content: Content, path: string): Buffer | null {
  const found = homeOf(content, path)
  return found && readFileIn(found.home, found.path)
}

function readFileIn(content: ContentRoot, path: string): Buffer | null {
  try {
    const real = realPathInProject(content, path)
    if (real === null || withheldReason(path) !== null || realPathReason(content, real) !== null) return null
    const found = statSync(real)
    return found.isFile() && found.size <= maxFileBytes ? readFileSync(real) : null
  } catch {
    // It does not exist; the parser reports that with the line of the include.
    return null
  }
}

/** Why a file is withheld because of its own name or that of the file it links to; null if it is not withheld. */
export function withheldFileReason(content: Content, path: string): string | null {
  const found = homeOf(content, path)
  if (found === null) return null
  const reason = withheldReason(found.path)
  if (reason !== null) return reason
  try {
    const real = realPathInProject(found.home, found.path)
    return real === null ? null : realPathReason(found.home, real)
  } catch {
    // It does not exist, so it links to nothing.
    return null
  }
}

/** Names above the content folder decide nothing about the files in it. */
function realPathReason(content: ContentRoot, real: string): string | null {
  const home = isWithin(content.root, real) ? content.root : content.project
  return withheldReason(relative(home, real).replaceAll(sep, '/')) ?? dataFolderReason(content, real)
}

/**
 * The absolute path once links are followed; null outside of the project. A path names a file in both Unicode forms.
 * @throws the file system's error.
 */
function realPathInProject({root, project}: ContentRoot, path: string): string | null {
  const form = [path, path.normalize('NFC'), path.normalize('NFD')].find((at) => existsSync(join(root, at)))
  const real = realpathSync.native(join(root, form ?? path))
  return real !== project && isWithin(project, real) ? real : null
}
