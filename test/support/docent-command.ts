import {join} from 'node:path'
import {packageRoot} from '../../src/lib/package-files.ts'

export type CommandName = 'serve' | 'ingest' | 'ask' | 'eval' | 'transcripts'

/** What Node is given to run a command of the product, before the command's own arguments. */
export function docent(command: CommandName): readonly string[] {
  if (command === 'serve') return [join(packageRoot, 'bin/docent.mjs'), command]
  return [join(packageRoot, 'scripts/build/run.mjs'), join(packageRoot, `scripts/${command}.ts`)]
}
