import {join} from 'node:path'
import {build} from 'esbuild'
import {root} from '../../programs.ts'

/** Bundles a program of this folder into one file for another runtime. */
export async function bundle(name: string, platform: 'node' | 'browser', outfile: string): Promise<void> {
  await build({
    entryPoints: [join(root, 'test/matrix/clients/remote', name)],
    outfile,
    bundle: true,
    platform,
    format: platform === 'node' ? 'esm' : 'iife',
    target: 'es2022',
    logLevel: 'silent',
  })
}
