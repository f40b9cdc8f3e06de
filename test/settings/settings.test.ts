import {fileURLToPath} from 'node:url'
import express from 'express'
import {describe, expect, test} from 'vitest'
import {DocentError} from '../../src/domain/index.ts'
import {describeSettings, settingsFrom, settingsTable} from '../../src/settings/settings.ts'

function problemsOf(environment: Record<string, string>): string {
  try {
    settingsFrom(environment)
  } catch (error) {
    if (error instanceof DocentError) return error.message
    throw error
  }
  return ''
}

describe('settings', () => {
  test('an empty environment gives the defaults of the public face', () => {
    const settings = settingsFrom({})

    expect(settings).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      sources: [{kind: 'folder', name: null, folder: 'content', generator: null}],
      dataDir: 'data',
      heartbeatMs: 15000,
      bufferMs: 0,
      generator: 'auto',
      siteUrl: null,
      anthropicApiKey: null,
    })
  })

  test('a visitor’s share of the day is computed if it is not set, and 0 means no limit', () => {
    const shareOf = (text: string) =>
      settingsFrom({ANSWERS_PER_DAY_PER_VISITOR: text}).answersPerDayPerVisitor

    expect(['', '0', '7'].map(shareOf)).toEqual([null, 0, 7])
    expect(problemsOf({ANSWERS_PER_DAY_PER_VISITOR: 'half'})).toContain(
      'ANSWERS_PER_DAY_PER_VISITOR: "half" must be a whole number',
    )
  })

  test('all problems are listed at once', () => {
    const problems = problemsOf({
      PORT: 'abc',
      GENERATOR: 'gpt',
      SITE_URL: 'docs.example.com',
      ADMIN_TOKEN: 'short',
    })

    expect(problems).toContain('PORT: "abc" must be a whole number from 0 to 65535')
    expect(problems).toContain('GENERATOR: "gpt" must be one of auto, anthropic, extractive')
    expect(problems).toContain('SITE_URL')
    expect(problems).toContain('ADMIN_TOKEN: its value must have at least 16 characters')
  })

  test('a secret never shows in a problem', () => {
    expect(problemsOf({ADMIN_TOKEN: 'hunter2'})).not.toContain('hunter2')
  })

  test('the error for a misspelled name suggests the nearest real one', () => {
    expect(problemsOf({CONTENT_DRI: 'docs'})).toContain(
      'CONTENT_DRI: not a setting; did you mean CONTENT_DIR?',
    )
    expect(problemsOf({ANTROPIC_API_KEY: 'x'})).toContain('did you mean ANTHROPIC_API_KEY?')
  })

  test("other programs' names are left alone", () => {
    expect(problemsOf({HOSTNAME: 'box', SHELL: '/bin/sh', ANTHROPIC_LOG: 'debug', PORTS: '1'})).toBe('')
  })

  test('asking for anthropic without a key says what is missing', () => {
    expect(problemsOf({GENERATOR: 'anthropic'})).toContain('needs ANTHROPIC_API_KEY')
  })

  test('a blank value means the default', () => {
    expect(settingsFrom({PORT: ' ', SITE_URL: ''})).toMatchObject({port: 3000, siteUrl: null})
  })

  test('secrets are described as set or unset', () => {
    const described = describeSettings(settingsFrom({ANTHROPIC_API_KEY: 'sk-canary'}))

    expect(described).toMatchObject({ANTHROPIC_API_KEY: 'set', ADMIN_TOKEN: 'unset', PORT: 3000})
    expect(JSON.stringify(described)).not.toContain('canary')
  })

  test('every setting has a meaning and a default that passes its own check', () => {
    for (const setting of settingsTable) {
      expect(setting.meaning, setting.name).not.toBe('')
      expect(() => setting.parse(setting.fallback), setting.name).not.toThrow()
    }
  })
})

describe('trusted proxies', () => {
  test.each([
    '0',
    '1',
    '3',
    '127.0.0.1',
    '10.0.0.0/8, 192.168.0.1',
    '10.0.0.0/255.255.0.0',
    '::1',
    'fc00::/7',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    'loopback, linklocal,uniquelocal',
    'loopback, 10.0.0.0/32, 2001:db8::/128',
  ])('%s is taken, by Express as well', (value) => {
    const {trustProxy} = settingsFrom({TRUST_PROXY: value})

    expect(trustProxy?.split(',')).toEqual(value.split(',').map((item) => item.trim()))
    const setting = /^\d+$/.test(trustProxy!) ? Number(trustProxy) : trustProxy!.split(',')
    expect(() => express().set('trust proxy', setting)).not.toThrow()
  })

  test.each([
    ['true', 'has true, which is not a proxy; write how many there are in front of Docent, such as 1'],
    ['yes', 'has yes, which is not a proxy'],
    ['cloudflare', 'has cloudflare, which is not a proxy'],
    ['-1', 'has -1, which is not a proxy'],
    ['1.5', 'has 1.5, which is not a proxy'],
    ['Loopback', 'has Loopback, which is not a proxy'],
    ['10.0.0.0/33', 'has 10.0.0.0/33; the part after the / must be a number from 1 to 32'],
    ['10.0.0.0/0', 'must be a number from 1 to 32'],
    ['10.0.0.0/', 'must be a number from 1 to 32'],
    ['10.0.0.0/255.0.255.0', 'must be a number from 1 to 32'],
    ['fc00::/129', 'must be a number from 1 to 128'],
    ['10.0.0.300', 'has 10.0.0.300, which is not a proxy'],
    ['https://10.0.0.1', 'has https://10.0.0.1, which is not a proxy'],
    ['loopback yes', 'has yes, which is not a proxy'],
    ['fe80::1%eth0.100', 'which is not a proxy'],
    ['fe80::1%eth-0', 'which is not a proxy'],
    ['64:ff9b::1.2.3.4', 'which is not a proxy'],
  ])('%s is refused, with what to write instead', (value, problem) => {
    expect(problemsOf({TRUST_PROXY: value})).toContain(problem)
  })

  test('only commas mean none', () => {
    expect(settingsFrom({TRUST_PROXY: ','}).trustProxy).toBeNull()
  })
})

describe('hosts of images', () => {
  test('may be separated by spaces', () => {
    const {imageHosts} = settingsFrom({IMAGE_HOSTS: 'a.example  b.example, c.example:080'})

    expect(imageHosts).toEqual(['a.example', 'b.example', 'c.example'])
  })

  test('are compared as the URL parser writes them', () => {
    const value =
      'img.example.com, CDN.Example.com:8443,localhost:443, bücher.example:80,my_bucket.example, 10.0.0.1'

    expect(settingsFrom({IMAGE_HOSTS: value}).imageHosts).toEqual([
      'img.example.com',
      'cdn.example.com:8443',
      'localhost',
      'xn--bcher-kva.example',
      'my_bucket.example',
      '10.0.0.1',
    ])
    expect(settingsFrom({IMAGE_HOSTS: '*'}).imageHosts).toEqual(['*'])
  })

  test.each([
    ['https://img.example.com', 'write img.example.com'],
    ['//img.example.com', 'write img.example.com'],
    ['img.example.com/logos', 'write img.example.com'],
    ['a.b; script-src *', 'has a.b;, which is not only a host'],
    ['a.example.com.', 'which is not only a host; write hosts such as'],
    ['a..b', 'which is not only a host; write hosts such as'],
    ['a.b;', 'separated by commas'],
    ["'self'", 'separated by commas'],
    ['data:', 'separated by commas'],
    ['*.example.com', 'has *.example.com, which matches no host'],
    ['img.example.com:99999', 'which is not only a host'],
    ['[::1]', 'which is not only a host'],
  ])('%s is refused, with what to write instead', (value, problem) => {
    expect(problemsOf({IMAGE_HOSTS: value})).toContain(problem)
  })
})

describe('allowed hosts', () => {
  test('are taken as browsers send them', () => {
    const value = 'Docs.example.com, b.example:8443 10.0.0.7 [FD00::1]:3000 fd00::2 bücher.example'

    expect(settingsFrom({ALLOWED_HOSTS: value}).allowedHosts).toEqual([
      'docs.example.com',
      'b.example:8443',
      '10.0.0.7',
      '[fd00::1]:3000',
      '[fd00::2]',
      'xn--bcher-kva.example',
    ])
    expect(settingsFrom({ALLOWED_HOSTS: '*'}).allowedHosts).toEqual(['*'])
    expect(settingsFrom({}).allowedHosts).toEqual([])
  })

  test.each([
    ['https://docs.example.com', 'write docs.example.com'],
    ['*.example.com', 'matches no host; list each one'],
    ['docs.example.com/x', 'write docs.example.com'],
    ['a.b;', 'write hosts such as docs.example.com'],
    ['[::x]', 'which is not only a host'],
    ['[127.0.0.1]', 'which is not only a host'],
  ])('%s is refused, with what to write instead', (value, problem) => {
    expect(problemsOf({ALLOWED_HOSTS: value})).toContain(problem)
  })
})

describe('the token of the metrics', () => {
  test('is a secret of its own', () => {
    const shared = 'a-secret-of-many-letters'

    expect(problemsOf({METRICS_TOKEN: 'short'})).toMatch(/METRICS_TOKEN: its value must have at least 16/)
    expect(problemsOf({METRICS_TOKEN: shared, SUPPORT_TOKEN: shared})).toContain('SUPPORT_TOKEN’s')
    expect(problemsOf({METRICS_TOKEN: shared, SUPPORT_TOKEN: shared})).not.toContain(shared)
    expect(describeSettings(settingsFrom({METRICS_TOKEN: shared}))['METRICS_TOKEN']).toBe('set')
  })
})

describe('the key of the API', () => {
  test('is a secret of its own', () => {
    const shared = 'a-secret-of-many-letters'

    expect(problemsOf({API_TOKEN: 'short'})).toMatch(/API_TOKEN: its value must have at least 16/)
    expect(problemsOf({API_TOKEN: shared, ADMIN_TOKEN: shared})).toContain('ADMIN_TOKEN’s')
    expect(problemsOf({API_TOKEN: shared, METRICS_TOKEN: shared})).toContain('METRICS_TOKEN’s')
    expect(problemsOf({API_TOKEN: shared, METRICS_TOKEN: shared})).not.toContain(shared)
    expect(describeSettings(settingsFrom({API_TOKEN: shared}))['API_TOKEN']).toBe('set')
  })
})

describe('allowed origins', () => {
  test('are taken as browsers send them', () => {
    const origins = ['https://docs.example.com', 'http://localhost:5173', 'http://[::1]:3000']

    expect(settingsFrom({ALLOWED_ORIGINS: origins.join(', ')}).allowedOrigins).toEqual(origins)
    expect(settingsFrom({ALLOWED_ORIGINS: '*'}).allowedOrigins).toEqual(['*'])
  })

  test.each([
    ['https://*.example.com', 'matches no origin; list each one, or write only * for all'],
    ['https://a.com/', 'browsers send https://a.com; write that'],
    ['https://a.com/docs', 'browsers send https://a.com; write that'],
    ['https://A.com', 'browsers send https://a.com; write that'],
    ['https://a.com:443', 'browsers send https://a.com; write that'],
    ['http://a.com:80', 'browsers send http://a.com; write that'],
    ['a.com', 'has a.com, without http:// or https://; add the one that its pages use'],
    ['https://docs.example.com;', 'separated by commas'],
    ['https://docs.example.com;https://www.example.com', 'separated by commas'],
    ["https://a'b.c", 'which is not an origin'],
    ['https://(a).b', 'which is not an origin'],
    ['https://%2a.b', 'which is not an origin'],
    ['localhost:3000', 'has localhost:3000, without http:// or https://; add the one'],
    ['https://bücher.example', 'browsers send https://xn--bcher-kva.example; write that'],
    ['null', 'has null, which is not an origin'],
    ['ftp://a.com', 'must begin with http:// or https://'],
    ['wss://a.com', 'must begin with http:// or https://'],
    ['file:///docs', 'must begin with http:// or https://'],
    ['https://', 'has https://, which is not an origin'],
  ])('%s is refused, with what to write instead', (value, problem) => {
    expect(problemsOf({ALLOWED_ORIGINS: value})).toContain(problem)
  })

  test('each invalid one is reported', () => {
    const problems = problemsOf({ALLOWED_ORIGINS: 'https://a.com/, https://b.com, null'})

    expect(problems).toContain('has https://a.com/')
    expect(problems).toContain('has null')
    expect(problems).not.toContain('b.com; write')
  })
})

describe('what would fail later, or never work', () => {
  const thisFile = fileURLToPath(import.meta.url)

  test.each(['127.0.0.1', '0.0.0.0', '::', '::1', 'fe80::1%eth0', 'localhost', 'my_service', 'box.internal'])(
    'a server may listen on %s',
    (host) => {
      expect(settingsFrom({HOST: host}).host).toBe(host)
    },
  )

  test.each([
    [{HOST: 'http://0.0.0.0:3000'}, 'brackets; write 0.0.0.0'],
    [{HOST: 'localhost:3000'}, 'brackets; write localhost'],
    [{HOST: '[::1]'}, 'brackets; write ::1'],
    [{HOST: '*'}, 'write 0.0.0.0 to listen on all'],
    [{HOST: 'my host'}, 'write one such as 127.0.0.1'],
    [{DATA_DIR: thisFile}, 'is a file; write the path of a folder'],
    [{SITE_URL: 'https://me:canary@docs.example.com'}, 'must not contain a user name or password'],
    [{ADMIN_TOKEN: 'sixteen\tcharacters'}, 'which an Authorization header cannot contain'],
    [{ANTHROPIC_API_KEY: 'sk-1\nsk-2'}, 'must be one line that is valid in an HTTP header'],
    [{ANTHROPIC_API_KEY: 'sk-1', ANTHROPIC_MODEL: 'claude haiku'}, 'has a space in it'],
    [{ANTHROPIC_API_KEY: 'sk-1', ANTHROPIC_FALLBACK_MODEL: 'claude haiku'}, 'has a space in it'],
    [{HOST: '-a'}, 'write one such as 127.0.0.1'],
    [
      {DOCS_TOKEN: 'one-token-for-both', SUPPORT_TOKEN: 'one-token-for-both'},
      'SUPPORT_TOKEN: its value is the same as DOCS_TOKEN’s',
    ],
  ] as [Record<string, string>, string][])('%o is refused', (environment, problem) => {
    expect(problemsOf(environment)).toContain(problem)
    expect(problemsOf(environment)).not.toMatch(/canary|one-token-for-both/)
  })

  test('a gateway may use any names for its models', () => {
    const settings = {ANTHROPIC_MODEL: 'Claude (fast)', ANTHROPIC_BASE_URL: 'https://gateway.example.com'}

    expect(settingsFrom(settings).anthropicModel).toBe('Claude (fast)')
  })

  test('a folder that does not exist yet is accepted', () => {
    expect(settingsFrom({DATA_DIR: '/nowhere/at/all'}).dataDir).toBe('/nowhere/at/all')
  })

  test.each([
    {
      ADMIN_TOKEN: 'one-token-for-all-of-them',
      DOCS_TOKEN: 'one-token-for-all-of-them',
      SUPPORT_TOKEN: 'one-token-for-all-of-them',
    },
    {GENERATOR: 'extractive', ANTHROPIC_MODEL: 'claude haiku', ANTHROPIC_API_KEY: 'sk-\u200b1'},
    {ANTHROPIC_MODEL: 'claude haiku'},
    {SITE_URL: 'https://unpkg.com//@acme/docs'},
    {SITE_URL: 'https://d.example?x=//a@b'},
    {CONTENT_DIR: thisFile},
  ] as Record<string, string>[])('%o works, and is no concern of the settings', (environment) => {
    expect(problemsOf(environment)).toBe('')
  })

  test.each(['https:u:p@d.example', 'https:\\\\u:p@d.example'])(
    'a name in %s is seen however it is written',
    (url) => {
      expect(problemsOf({SITE_URL: url})).toContain('must not contain a user name or password')
    },
  )

  test.each([
    'https://u:canary@docs.example.com',
    'https://u:can,ary@docs.example.com',
    'https://u:canary/x@docs.example.com',
    'https:u:canary@docs.example.com',
    'https://u:p@canary@docs.example.com',
    'ftp://u:a canary@docs.example.com',
  ])('no part of a password shows where %s is refused or described', (url) => {
    for (const name of ['ALLOWED_ORIGINS', 'ALLOWED_HOSTS', 'IMAGE_HOSTS', 'TRUST_PROXY', 'SITE_URL']) {
      const problems = problemsOf({[name]: url})
      expect(problems, name).toContain(name)
      expect(problems, name).not.toMatch(/canary|ary|can,/)
    }
    const gateway = {ANTHROPIC_BASE_URL: url}
    const described = problemsOf(gateway) || JSON.stringify(describeSettings(settingsFrom(gateway)))
    expect(described).not.toMatch(/canary|ary@/)
  })

  test('a password in a URL is not shown', () => {
    const settings = settingsFrom({ANTHROPIC_BASE_URL: 'https://me:canary@gateway.example.com/v1'})

    expect(settings.anthropicBaseUrl).toBe('https://me:canary@gateway.example.com/v1')
    expect(describeSettings(settings)['ANTHROPIC_BASE_URL']).toBe('https://…@gateway.example.com/v1')
  })
})
