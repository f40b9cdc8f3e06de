import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'

/**
 * The notices of what a bundle holds: ours first, then those of each package by name.
 *
 * `inputs` are the files that esbuild says the bundle is made of, relative to `root`.
 * @param {string} root
 * @param {Iterable<string>} inputs
 * @throws {Error} when a package brings no licence text: then somebody has to look.
 */
export async function licensesOf(root, inputs) {
  const ours = await readFile(join(root, 'LICENSE'), 'utf8')
  const notices = await Promise.all(packageFoldersOf(inputs).map((folder) => noticeOf(join(root, folder))))
  return [
    `The scripts beside this file are Docent's. What they hold of others stands below.\n\n${ours.trim()}\n`,
    ...notices,
  ].join(`\n${'-'.repeat(80)}\n\n`)
}

/**
 * `node_modules/lit/html.js` → `node_modules/lit`; a package within a package is its own.
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
  if (files.length === 0) throw new Error(`${name} has no licence file, and scripts hold parts of it`)
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  return `${name} ${version} (${license ?? 'see below'})\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`
}
