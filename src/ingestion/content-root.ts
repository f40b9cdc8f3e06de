import {realpathSync} from 'node:fs'
import {sep} from 'node:path'

/** The folder that is ingested, and what in it is Docent's own. */
export interface ContentRoot {
  /** Without symbolic links. */
  readonly root: string
  /** The data folder, without symbolic links, when it is the root or lies in it; else null. */
  readonly dataDir: string | null
}

/** What Docent writes into a data folder that is the content folder as well. */
const dataFile =
  /^(?!.*\.mdx?$)(?:builds\/|(?:current|secret|ended-sessions\.json)(?:\.\d+\.new)?$|transcripts\.sqlite|ingest\.lock)/i

/** `root` is without symbolic links already. A data folder that is not there is in no root. */
export function contentRootOf(root: string, dataDir: string | null): ContentRoot {
  try {
    const real = dataDir === null ? null : realpathSync.native(dataDir)
    return {root, dataDir: real !== null && isWithin(root, real) ? real : null}
  } catch {
    return {root, dataDir: null}
  }
}

/** Why a file or folder of the data folder is not shown; null for what is not in it. `real` is without links. */
export function dataReason({root, dataDir}: ContentRoot, real: string): string | null {
  if (dataDir === null || !isWithin(dataDir, real)) return null
  if (dataDir === root && !dataFile.test(real.slice(root.length + 1).replaceAll(sep, '/'))) return null
  return 'it is of the data folder'
}

export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
