import type {ContentSource, RepositorySource} from '../domain/index.ts'

/** Secrets for repositories over HTTP, by the name of their source; under the empty name for a source without one. */
export type GitTokens = Readonly<Record<string, string>>

type Environment = Readonly<Record<string, string | undefined>>

const forOne = /^GIT_TOKEN_([A-Z0-9_]+)$/

/** Whether a name in the environment is that of a token for one source. */
export function isTokenName(name: string): boolean {
  return forOne.test(name)
}

/** `GIT_TOKEN_MY_API` for the source `my-api`. */
export function tokenNameOf(source: string): string {
  return `GIT_TOKEN_${source.toUpperCase().replaceAll('-', '_')}`
}

/**
 * The tokens of the environment. A token is sent to nobody it was not meant for: `GIT_TOKEN` must not serve several
 * hosts, and no token travels unencrypted, except on this machine.
 * @returns problems that complete a list of problems; none of them contains a token.
 */
export function gitTokensOf(
  environment: Environment,
  sources: readonly ContentSource[],
): {readonly tokens: GitTokens; readonly problems: readonly string[]} {
  const repositories = sources.filter(isOverHttp)
  const shared = environment['GIT_TOKEN']?.trim() || null
  const problems: string[] = []
  const tokens: Record<string, string> = {}
  const sharing: RepositorySource[] = []
  for (const source of repositories) {
    const own = source.name === null ? null : environment[tokenNameOf(source.name)]?.trim() || null
    const token = own ?? shared
    if (token === null) continue
    if (own === null) sharing.push(source)
    const variable = own === null ? 'GIT_TOKEN' : tokenNameOf(source.name!)
    if (/\p{Cc}/u.test(token)) problems.push(`${variable}: its value must be one line`)
    else if (isExposed(source))
      problems.push(
        `${variable}: CONTENT_DIR names ${new URL(source.url).origin}, where everybody on the way could read it; write https://`,
      )
    else tokens[source.name ?? ''] = token
  }
  const hosts = [...new Set(sharing.map(({url}) => new URL(url).host))]
  if (hosts.length > 1) {
    const names = sharing.map(({name}) => tokenNameOf(name ?? ''))
    problems.push(
      `GIT_TOKEN: it would be given to ${hosts.join(' and ')}; set ${names.join(' and ')} in its place, or those of them that are needed`,
    )
  }
  const known = new Set(repositories.flatMap(({name}) => (name === null ? [] : tokenNameOf(name))))
  for (const variable of Object.keys(environment).filter(isTokenName)) {
    if (known.has(variable)) continue
    problems.push(
      `${variable}: CONTENT_DIR has no repository of that name over https; ${known.size === 0 ? 'name one there, as in api=https://…' : `the names are ${[...known].join(', ')}`}`,
    )
  }
  return {tokens, problems}
}

function isOverHttp(source: ContentSource): source is RepositorySource {
  return source.kind === 'repository' && /^https?:/i.test(source.url)
}

function isExposed({url}: RepositorySource): boolean {
  const {protocol, hostname} = new URL(url)
  return protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}

/** Variables of git that say how it reaches a server; the others decide where it reads and writes, or what it logs. */
const keptForGit =
  /^GIT_(?:SSH|SSH_COMMAND|SSH_VARIANT|SSL_.+|PROXY_.+|HTTP_.+|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|EXEC_PATH)$/

/** The environment of git: without its own switches, and without `secrets`, the names of the secret settings. */
export function environmentForGit(
  environment: Environment,
  secrets: ReadonlySet<string>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !secrets.has(name) && (!name.startsWith('GIT_') || keptForGit.test(name)),
    ),
  )
}
