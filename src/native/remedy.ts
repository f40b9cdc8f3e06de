import {join} from 'node:path'
import {isCheckout, packageRoot} from '../package/index.ts'

/**
 * What to run when a package with native code cannot be loaded. In a project where Docent is installed, an npm that skips
 * install scripts (npm 12, or `--ignore-scripts`) leaves out binaries: there the command allows the script and runs it.
 * For an alias, such an npm needs the name of the aliased package.
 */
export function remedy(
  name: string,
  {
    isAbsent,
    root = packageRoot,
    inCheckout = isCheckout,
  }: {
    /** Whether the package is missing, not only its binary. */
    readonly isAbsent: boolean
    readonly root?: string
    readonly inCheckout?: boolean
  },
): string {
  if (inCheckout) {
    return "Run npm ci with this Node.js, with optional packages and with the packages' install scripts."
  }
  const project = projectAround(root)
  if (isAbsent) return `In ${project} run npm install with this Node.js and with optional packages.`
  return `In ${project} run: npm pkg set allowScripts.${name.replace(/-12$/, '')}=true --json && npm rebuild ${name}`
}

/** The folder whose `node_modules` contains the package. */
function projectAround(root: string): string {
  return root.split(join('/', 'node_modules', '/'))[0]!
}
