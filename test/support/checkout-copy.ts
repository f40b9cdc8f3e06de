import {cp, mkdtemp, symlink} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {packageRoot} from '../../src/package/index.ts'

/** Copies this checkout, without its builds and with its packages. Returns the folder, which the caller removes. */
export async function copyCheckout(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'docent-checkout-'))
  const sources = [
    'bin',
    'src',
    'packages',
    'scripts',
    'LICENSE',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ]
  for (const name of sources) await cp(join(packageRoot, name), join(root, name), {recursive: true})
  for (const name of ['node_modules', 'models']) await symlink(join(packageRoot, name), join(root, name))
  return root
}
