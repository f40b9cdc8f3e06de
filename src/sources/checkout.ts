import {existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {RepositorySource} from '../domain/index.ts'
import {type GitAccess, runGit} from './git.ts'

const fetchMs = 30 * 60_000
const checkoutMs = 30 * 60_000

/**
 * Files of these kinds are neither fetched nor checked out where the server can leave them out: a docs repository is
 * mostly images. All others are: pages include files from anywhere in a repository, and the configuration of a site is
 * often beside the folder of its pages.
 */
const leftOut =
  'png jpg jpeg gif webp avif ico bmp tif tiff psd ai eps mp4 mov avi webm mkv mp3 wav ogg flac zip gz tgz bz2 xz zst 7z rar tar jar war whl exe dll so dylib a o bin dmg iso pdf woff woff2 ttf otf eot class pyc wasm onnx pt safetensors parquet'.split(
    ' ',
  )

/** In the syntax of `.gitignore`; a folder may have any name. */
const patterns = [
  '/*',
  ...leftOut.flatMap((ending) => [`!*.${ending}`, `!*.${ending.toUpperCase()}`]),
  ...leftOut.flatMap((ending) => [`*.${ending}/`, `*.${ending.toUpperCase()}/`]),
  '',
].join('\n')

/** A repository's files at one commit: `<folder>/<commit>/`, complete from the moment it exists. */
export interface Checkout {
  readonly commit: string
  /** Absolute; the root of the repository. */
  readonly path: string
}

export function checkoutPath(folder: string, commit: string): string {
  return join(folder, commit)
}

/**
 * Fetches the newest commit of a source's branch, without its history, and checks it out below `folder`. The files are
 * made in a new folder and renamed, so that nobody sees half of them.
 * @throws GitFailure; the signal's reason; a system error.
 */
export async function fetchCheckout(
  {url, branch}: RepositorySource,
  folder: string,
  {signal, ...access}: GitAccess & {readonly signal?: AbortSignal | undefined},
): Promise<Checkout> {
  const made = mkdtempSync(join(folder, 'new-'))
  const run = {...access, url, signal}
  try {
    const tree = join(made, 'files')
    const clone = ['clone', '--quiet', '--depth=1', '--single-branch', '--no-tags', '--no-checkout']
    await runGit(
      [
        ...clone,
        '--filter=blob:none',
        '--template=',
        ...(branch === null ? [] : [`--branch=${branch}`]),
        '--',
        url,
        tree,
      ],
      {...run, timeoutMs: fetchMs},
    )
    const inTree = ['-C', tree]
    const commit = (
      await runGit([...inTree, 'rev-parse', 'HEAD^{commit}'], {...run, timeoutMs: checkoutMs})
    ).trim()
    mkdirSync(join(tree, '.git', 'info'), {recursive: true})
    writeFileSync(join(tree, '.git', 'info', 'sparse-checkout'), patterns)
    await runGit([...inTree, 'read-tree', '-mu', 'HEAD'], {...run, timeoutMs: checkoutMs})
    // What is left of the repository marks its root; the history and the address are not needed.
    await rm(join(tree, '.git'), {recursive: true, force: true, maxRetries: 3})
    mkdirSync(join(tree, '.git'))
    const path = checkoutPath(folder, commit)
    if (!existsSync(path)) renameSync(tree, path)
    return {commit, path}
  } finally {
    rmSync(made, {recursive: true, force: true, maxRetries: 3})
  }
}

/** Removes all checkouts but one, and what killed ones left. What cannot be removed now is the next time. */
export async function removeOthers(folder: string, commit: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name === commit || !/^(?:new-.+|[0-9a-f]{40,64})$/.test(name)) continue
    await rm(join(folder, name), {recursive: true, force: true, maxRetries: 3}).catch(() => undefined)
  }
}
