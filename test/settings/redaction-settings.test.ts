import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {createRedactor, redactionKinds} from '../../src/redaction/index.ts'
import {describeSettings, settingsFrom} from '../../src/settings/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'docent-patterns-'))
const file = join(folder, 'patterns.txt')
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const kindsOf = (value: string) => settingsFrom({TRANSCRIPTS_REDACT: value}).transcriptsRedact

test('all kinds are redacted unless the setting says which', () => {
  expect(settingsFrom({}).transcriptsRedact).toEqual(redactionKinds)
  expect(kindsOf('phone, email,email')).toEqual(['email', 'phone'])
  expect(kindsOf('none')).toEqual([])
})

test.each([
  ['e-mail', 'has e-mail; write some of key, password, email, card, phone, or only none'],
  ['none, email', 'has none beside others; write some of'],
  ['all', 'has all; write some of'],
])('kinds as %s are refused with what to write', (value, problem) => {
  expect(() => kindsOf(value)).toThrow(`TRANSCRIPTS_REDACT: "${value}" ${problem}`)
})

test('patterns are read from the file at the start', () => {
  writeFileSync(file, '# Tickets\nticket ACME-\\d+\n')
  const settings = settingsFrom({TRANSCRIPTS_REDACT_PATTERNS: file})
  const redactor = createRedactor({kinds: [], patterns: settings.transcriptsRedactPatterns})
  expect(redactor.redact('See ACME-12').text).toBe('See [ticket]')
  expect(JSON.stringify(describeSettings(settings)['TRANSCRIPTS_REDACT_PATTERNS'])).toContain('ticket')
  expect(settingsFrom({}).transcriptsRedactPatterns).toEqual([])
})

test('a file that cannot be read, and a pattern that is wrong, are named with the other problems', () => {
  writeFileSync(file, 'ticket ACME-\\d+\nname (\n')
  const start = (path: string) => () => settingsFrom({TRANSCRIPTS_REDACT_PATTERNS: path, PORT: 'x'})
  expect(start(file)).toThrow(
    /PORT[\s\S]*TRANSCRIPTS_REDACT_PATTERNS: .*line 2 has a pattern that RE2 does not read/,
  )
  expect(start(join(folder, 'none.txt'))).toThrow(/cannot be read \(ENOENT[\s\S]*write the path of a file/)
  expect(start(folder)).toThrow(/cannot be read/)
})
