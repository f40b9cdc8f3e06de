import {join} from 'node:path'
import {packageRoot} from '../../src/package/index.ts'

export type CommandName = 'serve' | 'ingest' | 'ask' | 'eval' | 'transcripts'

/** What Node is given to run a command of the product, before the command's own arguments. */
export function docent(command: CommandName): readonly string[] {
  return [join(packageRoot, 'bin/docent.mjs'), command]
}
