import {realpathSync} from 'node:fs'
import {sep} from 'node:path'
import {isMarkdownName} from '../lib/markdown-name.ts'
import {projectRootOf} from './project.ts'

/** The folder that is ingested, the project around it, and the part of them that belongs to Docent. */
export interface ContentRoot {
  /** Without symbolic links. */
  readonly root: string
  /** The root of the project that holds it, whose files its pages may include; the content folder itself if there is none. */
  readonly project: string
  /** The data folder, without symbolic links, if it lies in the project; else null. */
  readonly dataDir: string | null
}

/** The files that Docent writes into a data folder that is also the content folder. */
const dataFile =
  /^(?:builds\/|(?:current|secret|ended-sessions\.json|golden\.jsonl)(?:\.\d+\.new)?$|[\w-]+\.sqlite|ingest\.lock)/i

/** Checkouts of repositories, which hold pages of other sources. */
const checkoutFile = /^sources\/[a-z0-9-]+\/(?:new-[^/]+|[0-9a-f]{40,64})\//

/** `root` must be without symbolic links. A data folder that does not exist counts as outside. */
export function contentRootOf(root: string, dataDir: string | null): ContentRoot {
  const project = projectRootOf(root)
  try {
    const real = dataDir === null ? null : realpathSync.native(dataDir)
    return {root, project, dataDir: real !== null && isWithin(project, real) ? real : null}
  } catch {
    return {root, project, dataDir: null}
  }
}

/** Why a file or folder of the data folder is withheld; null for anything outside it. `real` is without links. */
export function dataFolderReason({dataDir, ...folders}: ContentRoot, real: string): string | null {
  if (dataDir === null || !isWithin(dataDir, real)) return null
  const path = real.slice(dataDir.length + 1).replaceAll(sep, '/')
  const holdsContent = isWithin(dataDir, folders.root)
  if (checkoutFile.test(path)) return 'it belongs to the data folder'
  if (holdsContent && (isMarkdownName(path) || !dataFile.test(path))) return null
  return 'it belongs to the data folder'
}

export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
