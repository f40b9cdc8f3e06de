import type {RepositorySource} from '../domain/index.ts'
import {type GitTokens, gitEnvironment} from '../settings/index.ts'
import type {GitAccess} from './git.ts'

/** How git is run for each source: in the environment of this process, with the token of that source. */
export function gitAccess(tokens: GitTokens): (source: RepositorySource) => GitAccess {
  const environment = gitEnvironment()
  return ({name}) => ({environment, token: tokens[name ?? ''] ?? null})
}
