import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {sourceShown} from '../../src/domain/index.ts'
import {environmentForGit} from '../../src/settings/git-tokens.ts'
import {describeSettings, settingsFrom} from '../../src/settings/settings.ts'

const read = (environment: Record<string, string>) => settingsFrom(environment).sources

function problemsOf(environment: Record<string, string>): string {
  try {
    settingsFrom(environment)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe('CONTENT_DIR', () => {
  test('is one folder, as it is written', () => {
    expect(read({CONTENT_DIR: './my docs/#1'})).toEqual([
      {kind: 'folder', name: null, folder: './my docs/#1', generator: null},
    ])
  })

  test('is a folder that exists, whatever is in its name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'a=b,c'))
    try {
      expect(read({CONTENT_DIR: folder})).toMatchObject([{kind: 'folder', folder}])
    } finally {
      rmSync(folder, {recursive: true})
    }
  })

  test.each([
    [
      'https://git.example.com/team/api.git',
      {url: 'https://git.example.com/team/api.git', branch: null, folder: ''},
    ],
    ['api=https://git.example.com/api.git#main', {name: 'api', branch: 'main', folder: ''}],
    ['api=https://git.example.com/api.git#main:docs/', {branch: 'main', folder: 'docs'}],
    [
      'api=https://git.example.com/api.git#release/2.x:site/docs',
      {branch: 'release/2.x', folder: 'site/docs'},
    ],
    ['api=https://git.example.com/api.git#:docs', {branch: null, folder: 'docs'}],
    ['git@git.example.com:team/api.git#main:docs', {url: 'git@git.example.com:team/api.git', branch: 'main'}],
    ['ssh://git@git.example.com:2222/api.git', {url: 'ssh://git@git.example.com:2222/api.git'}],
    ['file:///srv/git/api.git#main', {url: 'file:///srv/git/api.git', branch: 'main'}],
  ])('%s is a repository', (value, expected) => {
    expect(read({CONTENT_DIR: value})).toMatchObject([{kind: 'repository', ...expected}])
  })

  test('is several sources, each with a name', () => {
    const sources = read({
      CONTENT_DIR:
        'docs, api=https://git.example.com/api.git#main:docs,git@git.example.com:team/Team_Handbook.git',
      SITE_GENERATOR: 'api=docusaurus',
    })

    expect(sources.map(({name, generator}) => [name, generator])).toEqual([
      ['docs', null],
      ['api', 'docusaurus'],
      ['team-handbook', null],
    ])
    expect(sourceShown(sources[1]!)).toBe('api=https://git.example.com/api.git#main:docs')
  })

  test.each([
    ['docs,,api', 'has nothing before, between or after a comma'],
    ['docs,x/docs', 'has two sources with the name docs; write another in front of one'],
    ['API=docs,b=docs', 'has the name "API"; use lowercase letters, digits and hyphens'],
    ['api=,b=docs', 'has nothing after api=; write a folder'],
    [
      'https://me:canary@git.example.com/a.git',
      'must not contain a password; leave it out and set GIT_TOKEN',
    ],
    ['https://canary@git.example.com/a.git', 'must not contain a user name or token'],
    ['https://git.example.com/a.git?token=canary', 'must not contain a query'],
    ['https://me:can#ary@git.example.com/a.git', 'has an address that git is not used with'],
    ['ssh://me:canary@git.example.com/a.git', 'must not contain a password'],
    ['ext::sh -c touch% /tmp/x', 'blank in the address'],
    ['ext::sh', 'has an address that git is not used with; write https://'],
    ['ftp://git.example.com/a.git', 'has an address that git is not used with'],
    ['-oProxyCommand@git.example.com:a', 'has an ssh address that cannot be read'],
    ['git@-oProxyCommand:a', 'has an ssh address that cannot be read'],
    ['ssh://-oProxyCommand=x/a.git', 'has an address'],
    ['https://git.example.com/', 'has an address without a repository'],
    ['https://git.example.com/a.git#-x', 'has "-x", which is no name of a branch'],
    ['https://git.example.com/a.git#a..b', 'which is no name of a branch'],
    ['https://git.example.com/a.git#main:../x', 'has "../x", which is no folder of a repository'],
    ['https://git.example.com/a.git#main:.git', 'which is no folder of a repository'],
  ])('%s is refused, with what to write and without the secret', (value, problem) => {
    const problems = problemsOf({CONTENT_DIR: value})

    expect(problems).toContain('CONTENT_DIR: ')
    expect(problems).toContain(problem)
    expect(problems).not.toContain('canary')
  })
})

describe('settings for several sources', () => {
  const CONTENT_DIR = 'guide=docs,api=https://git.example.com/api.git'

  test('SITE_URL is one for all or that of each', () => {
    const one = settingsFrom({CONTENT_DIR, SITE_URL: 'https://docs.example.com/'}).siteUrl
    const each = settingsFrom({CONTENT_DIR, SITE_URL: 'api=https://api.example.com'}).siteUrl
    const named = settingsFrom({CONTENT_DIR: 'api=docs', SITE_URL: 'api=https://api.example.com'}).siteUrl

    expect(one).toEqual({guide: 'https://docs.example.com', api: 'https://docs.example.com'})
    expect(each).toEqual({api: 'https://api.example.com'})
    expect(named).toBe('https://api.example.com')
  })

  test.each([
    [
      {SITE_URL: 'other=https://x.example'},
      'SITE_URL: there is no source other in CONTENT_DIR; write one of guide, api',
    ],
    [{SITE_URL: 'api=docs'}, 'SITE_URL: "api=docs" must be a URL such as'],
    [
      {SITE_URL: 'api=https://a.example,https://b.example'},
      'must be one value, or name=value for each source',
    ],
    [{SITE_GENERATOR: 'api=hugo,api=sphinx'}, 'SITE_GENERATOR: "api=hugo,api=sphinx" has two values for api'],
    [{GIT_TOKEN_OTHER: 'x'}, 'GIT_TOKEN_OTHER: CONTENT_DIR has no repository of that name over https'],
  ])('%s is refused', (environment, problem) => {
    expect(problemsOf({CONTENT_DIR, ...environment})).toContain(problem)
  })

  test('CONTENT_POLL_MINUTES needs a repository', () => {
    expect(problemsOf({CONTENT_POLL_MINUTES: '5'})).toContain('CONTENT_DIR has no repository to ask')
    expect(settingsFrom({CONTENT_DIR, CONTENT_POLL_MINUTES: '5'}).contentPollMinutes).toBe(5)
  })
})

describe('tokens', () => {
  test('are for repositories over https, GIT_TOKEN_<NAME> before GIT_TOKEN', () => {
    const {gitTokens} = settingsFrom({
      CONTENT_DIR:
        'docs,my-api=https://git.example.com/a.git,b=https://git.example.com/b.git,c=git@git.example.com:c.git',
      GIT_TOKEN: 'shared',
      GIT_TOKEN_MY_API: 'own',
    })

    expect(gitTokens).toEqual({'my-api': 'own', b: 'shared'})
  })

  test('are never described', () => {
    const settings = settingsFrom({
      CONTENT_DIR: 'https://git.example.com/a.git',
      GIT_TOKEN: 'canary',
      WEBHOOK_SECRET: 'canary-canary-canary',
    })

    expect(settings.gitTokens).toEqual({'': 'canary'})
    expect(JSON.stringify(describeSettings(settings))).not.toContain('canary')
    expect(describeSettings(settings)).toMatchObject({GIT_TOKEN: 'set', WEBHOOK_SECRET: 'set'})
  })

  test('are given to one host only, and not unencrypted', () => {
    const twoHosts = problemsOf({
      CONTENT_DIR: 'a=https://one.example/a.git,b=https://two.example/b.git',
      GIT_TOKEN: 'canary',
    })
    const open = problemsOf({CONTENT_DIR: 'http://git.example.com/a.git', GIT_TOKEN: 'canary'})

    expect(twoHosts).toContain(
      'GIT_TOKEN: it would be given to one.example and two.example; set GIT_TOKEN_A and GIT_TOKEN_B',
    )
    expect(open).toContain(
      'GIT_TOKEN: CONTENT_DIR names http://git.example.com, where everybody on the way could read it',
    )
    expect(twoHosts + open).not.toContain('canary')
  })

  test('and other secrets are not in the environment of git, nor are switches of git that log', () => {
    const given = {
      PATH: '/bin',
      GIT_TOKEN: 'x',
      GIT_TRACE_CURL: '/tmp/log',
      GIT_DIR: '/x',
      GIT_SSH_COMMAND: 'ssh -i key',
    }

    expect(environmentForGit(given, new Set(['GIT_TOKEN']))).toEqual({
      PATH: '/bin',
      GIT_SSH_COMMAND: 'ssh -i key',
    })
  })
})
