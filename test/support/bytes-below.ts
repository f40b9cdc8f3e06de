import {readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'

/** The bytes of all files below a folder, as Latin-1, for a search of what must not be in any of them. */
export function bytesBelow(folder: string): string {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n')
}
