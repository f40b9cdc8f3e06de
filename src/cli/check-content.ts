import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {DocentError} from '../domain/index.ts'
import type {Settings} from '../settings/index.ts'

/** Without an index there must be something to ingest. Checked before anything is opened. @throws DocentError `config`. */
export function checkContent({sources, dataDir}: Settings): void {
  const missing = sources.flatMap((source) =>
    source.kind === 'folder' && !statSync(source.folder, {throwIfNoEntry: false})?.isDirectory()
      ? [source.folder]
      : [],
  )
  if (missing.length < sources.length || existsSync(join(dataDir, 'CURRENT'))) return
  throw new DocentError(
    'config',
    `CONTENT_DIR: ${missing.map((folder) => JSON.stringify(folder)).join(' and ')} is not a folder, and DATA_DIR has no index; set it to the folder of your Markdown files`,
  )
}
