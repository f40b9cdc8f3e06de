import type {RepositorySource} from '../domain/index.ts'
import {type GitAccess, GitFailure} from './git.ts'

/** What git says, and what to do about it, the first that matches. */
const advice: readonly (readonly [RegExp, (options: Advised) => string])[] = [
  [/could not resolve host/i, () => 'its host cannot be found; check the address and this machine’s network'],
  [
    /authentication failed|could not read (?:user ?name|password)|terminal prompts disabled|error: 40[13]\b|access denied|invalid username or (?:password|token)/i,
    ({token, variable}) =>
      token === null
        ? `it asks for credentials; set ${variable} to a token that may read it`
        : `it refuses the token; check that the token in ${variable} is valid and may read it`,
  ],
  [
    /permission denied \(|publickey/i,
    () =>
      'its server refuses the ssh key of this user; add the public key there as a deploy key that may read',
  ],
  [
    /host key verification failed/i,
    () => 'ssh does not know its host; add the host to the known_hosts of this user with ssh-keyscan',
  ],
  [/dubious ownership/i, () => 'it belongs to another user of this machine'],
  [
    /repository .*not found|not found|does not (?:exist|appear to be a git repository)/i,
    ({token, variable, isOverHttp}) =>
      !isOverHttp
        ? 'there is no such repository, or this user may not read it'
        : token === null
          ? `there is no such repository, or it is private: then set ${variable} to a token that may read it`
          : 'there is no such repository, or the token may not read it',
  ],
]

interface Advised {
  readonly token: string | null
  readonly isOverHttp: boolean
  readonly variable: string
}

/** Why a source could not be fetched, in one line, without secrets. */
export function failureText(error: unknown, source: RepositorySource, {token}: GitAccess): string {
  const said = error instanceof Error ? error.message : String(error)
  if (!(error instanceof GitFailure) || error.kind === 'not-installed') return said
  const name = source.name === null ? '' : ` or GIT_TOKEN_${source.name.toUpperCase().replaceAll('-', '_')}`
  const found = advice.find(([pattern]) => pattern.test(said))
  const advised = found?.[1]({token, isOverHttp: /^https?:/i.test(source.url), variable: `GIT_TOKEN${name}`})
  return `${source.url} cannot be fetched: ${advised === undefined ? said : `${advised} (git: ${said})`}`
}
