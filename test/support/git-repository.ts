import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {afterEveryTest} from './after-every-test.ts'

/** A bare repository and a working copy that pushes to it. */
export interface GitRepository {
  readonly bare: string
  readonly work: string
  /** `file:///…` */
  readonly url: string
  /** Runs git in the working copy. Returns what it printed. */
  git(...args: readonly string[]): string
  /** Writes files, commits all of them and pushes. Returns the commit. */
  push(files: Readonly<Record<string, string | Buffer>>, options?: {branch?: string; force?: boolean}): string
}

const made: string[] = []

afterEveryTest(() => {
  for (const folder of made.splice(0)) rmSync(folder, {recursive: true, force: true, maxRetries: 3})
})

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-git-'))
  made.push(folder)
  return folder
}

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null',
}

/** Makes an empty repository with the branch `main`. It is removed after the test. */
export function gitRepository(name = 'docs'): GitRepository {
  const folder = temporaryFolder()
  const bare = join(folder, `${name}.git`)
  const work = join(folder, 'work')
  const run = (cwd: string, args: readonly string[]): string =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd,
      encoding: 'utf8',
      env: {...process.env, ...identity},
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  run(folder, ['init', '--quiet', '--bare', '--initial-branch=main', bare])
  run(bare, ['config', 'uploadpack.allowFilter', 'true'])
  run(bare, ['config', 'uploadpack.allowAnySHA1InWant', 'true'])
  run(folder, ['clone', '--quiet', bare, work])
  run(work, ['checkout', '--quiet', '-b', 'main'])
  const git = (...args: readonly string[]): string => run(work, args)
  return {
    bare,
    work,
    url: pathToFileURL(bare).href,
    git,
    push(files, {branch = 'main', force = false} = {}) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(work, path)), {recursive: true})
        writeFileSync(join(work, path), content)
      }
      git('add', '--all')
      git('commit', '--quiet', '--allow-empty', '--message', 'Edit')
      git('push', '--quiet', ...(force ? ['--force'] : []), 'origin', `HEAD:refs/heads/${branch}`)
      return git('rev-parse', 'HEAD').trim()
    },
  }
}
