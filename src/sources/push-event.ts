import {z} from 'zod'
import type {ContentSource, RepositorySource} from '../domain/index.ts'

/** The parts of a push event that decide whether it concerns a source; those of GitHub, GitLab and Gitea. */
const pushShape = z.object({
  ref: z.string(),
  repository: z
    .object({
      default_branch: z.string().optional().catch(undefined),
      clone_url: z.string().optional().catch(undefined),
      ssh_url: z.string().optional().catch(undefined),
      git_http_url: z.string().optional().catch(undefined),
      git_ssh_url: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  project: z
    .object({
      default_branch: z.string().optional().catch(undefined),
      git_http_url: z.string().optional().catch(undefined),
      git_ssh_url: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
})

/**
 * Whether what was pushed may be in one of the sources. An event that cannot be read may be, and so may one of a
 * repository with an address that no source has, because a source may be a mirror of it: asking in vain is cheap.
 */
export function isPushFor(sources: readonly ContentSource[], event: unknown): boolean {
  const repositories = sources.filter((source) => source.kind === 'repository')
  const push = pushShape.safeParse(event)
  if (!push.success || repositories.length === 0) return true
  const {ref, repository = {}, project = {}} = push.data
  const addresses = new Set(
    [...Object.values({...repository, default_branch: undefined}), project.git_http_url, project.git_ssh_url]
      .filter((address) => address !== undefined)
      .map(placeOf),
  )
  const named = repositories.filter(({url}) => addresses.has(placeOf(url)))
  const mainBranch = project.default_branch ?? repository.default_branch ?? null
  return (named.length > 0 ? named : repositories).some((source) => isOf(source, ref, mainBranch))
}

function isOf({branch}: RepositorySource, ref: string, mainBranch: string | null): boolean {
  const wanted = branch ?? mainBranch
  return wanted === null || ref === `refs/heads/${wanted}` || ref === `refs/tags/${wanted}`
}

/** Host and path of a repository, the same for its addresses over https and ssh. */
function placeOf(address: string): string {
  return address
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[^/@]*@/, '')
    .replace(/^([^/:]+):(?:\d+\/)?/, '$1/')
    .replace(/\/+/g, '/')
    .replace(/(?:\.git)?\/?$/, '')
}
