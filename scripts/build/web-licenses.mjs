import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'

/**
 * The licence notices of a bundle: ours first, then those of each package by name.
 *
 * `inputs` are the bundle's source files as reported by esbuild, relative to `root`.
 * @param {string} root
 * @param {Iterable<string>} inputs
 * @throws {Error} if a package has no licence text, so that somebody looks at it.
 */
export async function licensesOf(root, inputs) {
  const ours = await readFile(join(root, 'LICENSE'), 'utf8')
  const notices = await Promise.all(packageFoldersOf(inputs).map((folder) => noticeOf(join(root, folder))))
  return [
    `The scripts beside this file are part of Docent. They contain the works of others that are listed below.\n\n${ours.trim()}\n`,
    ...notices,
  ].join(`\n${'-'.repeat(80)}\n\n`)
}

/**
 * `node_modules/lit/html.js` → `node_modules/lit`; a nested package counts by itself.
 * @param {Iterable<string>} inputs
 */
export function packageFoldersOf(inputs) {
  /** @type {Set<string>} */
  const folders = new Set()
  for (const input of inputs) {
    const [, folder] = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? []
    if (folder !== undefined) folders.add(folder)
  }
  return [...folders].sort()
}

/** @param {string} folder */
async function noticeOf(folder) {
  /** @type {{name: string, version: string, license?: string}} */
  const {name, version, license} = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file)).sort()
  if (files.length === 0) throw new Error(`${name} has no licence file, but the scripts contain parts of it`)
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  return `${name} ${version} (${license ?? 'see below'})\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`
}
