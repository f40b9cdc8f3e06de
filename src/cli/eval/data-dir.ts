import {existsSync, realpathSync} from 'node:fs'
import {basename, dirname, isAbsolute, join, relative, resolve} from 'node:path'
import {UsageError} from '../usage-error.ts'

/**
 * Refuses index folders that belong to a server, which would then serve the measured index, or that are inside docs.
 * @throws UsageError that names the folder.
 */
export function refuseDataDir(folders: readonly string[], docs: readonly string[]): void {
  for (const folder of folders) {
    if (existsSync(join(folder, 'transcripts.sqlite')))
      throw new UsageError(`--data ${folder} is the data folder of a server, whose index this would replace`)
    const around = docs.find((content) => isInside(realPath(folder), realPath(content)))
    if (around !== undefined)
      throw new UsageError(`--data ${folder} is inside the docs of ${around}; keep the index elsewhere`)
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (!isAbsolute(way) && way.split(/[\\/]/)[0] !== '..')
}

/** Resolves symbolic links, as far as the path exists. */
function realPath(path: string): string {
  const whole = resolve(path)
  return existsSync(whole) ? realpathSync(whole) : join(realPath(dirname(whole)), basename(whole))
}
