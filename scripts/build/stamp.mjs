import {createHash} from 'node:crypto'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/** All that an app is made of, beside the packages, whose versions the lock has. */
const folders = ['src', 'scripts/build']
const files = ['LICENSE', 'package-lock.json', 'package.json', 'tsconfig.json']

/**
 * Names what the sources in `root` make: a hash over their names and contents, in hex. Costs about 20 ms.
 * @param {string} root
 */
export function stampOf(root) {
  const hash = createHash('sha256')
  for (const file of [...folders.flatMap((folder) => filesIn(root, folder)), ...files]) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} Paths from `root`, in an order that is the same everywhere.
 */
function filesIn(root, folder) {
  return readdirSync(join(root, folder), {withFileTypes: true})
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      return entry.isDirectory() ? filesIn(root, path) : entry.isFile() ? [path] : []
    })
    .sort()
}
