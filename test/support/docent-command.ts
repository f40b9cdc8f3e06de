import {join} from 'node:path'
import {packageRoot} from '../../src/package/index.ts'

export type CommandName = 'serve' | 'ingest' | 'ask' | 'eval' | 'transcripts' | 'staff' | 'mcp'

/** The arguments for Node that run a command of the product, to be followed by those of the command. */
export function docent(command: CommandName): readonly string[] {
  return [join(packageRoot, 'bin/docent.mjs'), command]
}
