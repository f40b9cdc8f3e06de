import type {RepositorySource} from '../domain/index.ts'
import {type GitAccess, GitFailure, runGit} from './git.ts'

const askMs = 2 * 60_000

/**
 * Asks the server of a repository for the newest commit of a source's branch, or that of its tag. Fetches nothing.
 * @throws GitFailure, also when there is no such branch; the signal's reason.
 */
export async function remoteCommit(
  {url, branch}: RepositorySource,
  {signal, ...access}: GitAccess & {readonly signal?: AbortSignal | undefined},
): Promise<string> {
  const wanted =
    branch === null ? ['HEAD'] : [`refs/heads/${branch}`, `refs/tags/${branch}^{}`, `refs/tags/${branch}`]
  const output = await runGit(['ls-remote', '--quiet', '--', url, ...wanted], {
    ...access,
    url,
    signal,
    timeoutMs: askMs,
  })
  const found = new Map(
    output.split('\n').flatMap((line) => {
      const [, commit, name] = /^([0-9a-f]{40,64})\t(.+)$/.exec(line) ?? []
      return commit === undefined || name === undefined ? [] : [[name, commit] as const]
    }),
  )
  for (const name of wanted) {
    const commit = found.get(name)
    if (commit !== undefined) return commit
  }
  throw new GitFailure(
    'failed',
    branch === null ? 'the repository has no commits' : `there is no branch or tag ${branch}`,
  )
}
