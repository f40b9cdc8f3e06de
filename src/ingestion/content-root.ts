import {realpathSync} from 'node:fs'
import {sep} from 'node:path'
import {isMarkdownName} from '../lib/markdown-name.ts'

/** The folder that is ingested, and the part of it that belongs to Docent. */
export interface ContentRoot {
  /** Without symbolic links. */
  readonly root: string
  /** The data folder, without symbolic links, if it is the root or lies below it; else null. */
  readonly dataDir: string | null
}

/** The files that Docent writes into a data folder that is also the content folder. */
const dataFile =
  /^(?:builds\/|(?:current|secret|ended-sessions\.json)(?:\.\d+\.new)?$|transcripts\.sqlite|ingest\.lock)/i

/** `root` must be without symbolic links. A data folder that does not exist counts as outside. */
export function contentRootOf(root: string, dataDir: string | null): ContentRoot {
  try {
    const real = dataDir === null ? null : realpathSync.native(dataDir)
    return {root, dataDir: real !== null && isWithin(root, real) ? real : null}
  } catch {
    return {root, dataDir: null}
  }
}

/** Why a file or folder of the data folder is withheld; null for anything outside it. `real` is without links. */
export function dataFolderReason({root, dataDir}: ContentRoot, real: string): string | null {
  if (dataDir === null || !isWithin(dataDir, real)) return null
  const path = real.slice(root.length + 1).replaceAll(sep, '/')
  if (dataDir === root && (isMarkdownName(path) || !dataFile.test(path))) return null
  return 'it belongs to the data folder'
}

export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
