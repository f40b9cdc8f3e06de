import {describe, expect, test} from 'vitest'
import {describeSettings, settingsFrom, settingsTable} from '../src/config.ts'
import {DocentError} from '../src/domain/index.ts'

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
      contentDir: 'content',
      dataDir: 'data',
      heartbeatMs: 15000,
      bufferMs: 0,
      generator: 'auto',
      siteUrl: null,
      anthropicApiKey: null,
    })
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

  test('a misspelled name is answered with the nearest real one', () => {
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
