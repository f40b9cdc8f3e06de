import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {checkedPatterns, createRedactor} from '../../src/redaction/index.ts'
import {seedOr} from '../support/random-seed.ts'
import {cardNumber, keys, noise} from './shapes.ts'

const redactor = createRedactor({patterns: checkedPatterns('ticket ACME-\\d{4}\nword [a-z]{12,}')})
const builtIn = createRedactor()

const secrets = [
  'jane@acme.io',
  '+49 170 1234567',
  '(555) 123-4567',
  cardNumber('411122223333444'),
  `password=${noise(9)}`,
  `postgres://jane:${noise(8)}@db.acme.io/app`,
  `Authorization: Bearer ${noise(20)}`,
  'ACME-1234',
  ...Object.values(keys),
]
const glue = [
  '',
  ' ',
  '\n',
  '-',
  '.',
  ':',
  '@',
  '/',
  '=',
  '"',
  "'",
  '[',
  ']',
  '(',
  ')',
  '\u200b',
  'x',
  '7',
  'é',
  '密码',
  '[email]',
]

/** Texts of secrets, of pieces of secrets and of what may stand between them, in any order. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...secrets),
      fc.constantFrom(...glue),
      fc.string({unit: 'grapheme', maxLength: 8}),
      fc
        .tuple(fc.constantFrom(...secrets), fc.nat(40), fc.nat(40))
        .map(([secret, start, length]) => secret.slice(start, start + length)),
    ),
    {maxLength: 12},
  )
  .map((parts) => parts.join(''))

describe('any text', () => {
  test('is the same once redacted, however often it is redacted', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = redactor.redact(text)
        expect(redactor.redact(once.text)).toEqual({text: once.text, found: {}})
        expect(once.text === text).toBe(Object.keys(once.found).length === 0)
      }),
      {numRuns: 1_500, seed: seedOr(16)},
    )
  })

  test('has as many markers more as were found', () => {
    const markers = (text: string) =>
      text.split(/\[(?:email|key|password|card|phone|ticket|word)\]/).length - 1
    fc.assert(
      fc.property(hostile, (text) => {
        const {text: redacted, found} = redactor.redact(text)
        const count = Object.values(found).reduce((sum, times) => sum + times, 0)
        // A second look may take a marker and what is around it for one thing, never the other way round.
        expect(markers(redacted)).toBeLessThanOrEqual(markers(text) + count)
        if (count > 0) expect(markers(redacted)).toBeGreaterThan(0)
      }),
      {numRuns: 500, seed: seedOr(17)},
    )
  })

  test('of words, versions, addresses of machines, dates and ids is left as it is', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/)
    const harmless = fc.oneof(
      word,
      fc.tuple(word, word).map((words) => words.join('-')),
      fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => `v${parts.join('.')}`),
      fc.ipV4(),
      fc.ipV6(),
      fc.uuid(),
      fc
        .date({noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01')})
        .map((date) => date.toISOString()),
      fc.stringMatching(/^[0-9a-f]{40}$/),
      fc.stringMatching(/^#[0-9a-f]{6}$/),
      fc.nat(65_535).map((port) => `:${port}`),
      fc.stringMatching(/^[A-Z]{2,6}_(?:API_KEY|TOKEN|PASSWORD)$/),
    )
    fc.assert(
      fc.property(fc.array(harmless, {maxLength: 20}), (parts) => {
        const text = parts.join(', ')
        expect(builtIn.redact(text)).toEqual({text, found: {}})
      }),
      {numRuns: 1_000, seed: seedOr(18)},
    )
  })

  test('of another language is left as it is', () => {
    for (const text of [
      'Wie setze ich das Passwort zurück, und wo steht der API-Schlüssel?',
      'Comment réinitialiser le mot de passe et le jeton d’accès ?',
      'パスワードを忘れた場合はどうすればいいですか。トークンの有効期限は？',
      '如何重置密码？令牌在哪里设置？端口是8080吗？',
      'Как сбросить пароль и где указать токен доступа?',
      'كيف أعيد تعيين كلمة المرور؟ المنفذ ٨٠٨٠',
      'पासवर्ड कैसे बदलें? पोर्ट ८०८०',
      '비밀번호는 어떻게 바꾸나요?',
    ]) {
      expect(builtIn.redact(text)).toEqual({text, found: {}})
    }
  })

  test('of Docent’s own pages is left as it is, but for the addresses and keys that they show', () => {
    const folder = join(import.meta.dirname, '../../content')
    const found = readdirSync(folder, {recursive: true, encoding: 'utf8'})
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
      .filter((line) => builtIn.redact(line).text !== line)
    for (const line of found) expect(line).toMatch(/@|\+\d/)
    expect(found.length).toBeLessThan(15)
  })
})

describe('100 kB that were made to be slow', () => {
  const size = 100_000
  const repeated = (text: string) => text.repeat(Math.ceil(size / text.length)).slice(0, size)
  const texts: Readonly<Record<string, string>> = {
    'one letter': repeated('a'),
    'one digit': repeated('4'),
    'digits and blanks': repeated('4 '),
    'digits and hyphens': repeated('0-'),
    'at signs': repeated('@'),
    'halves of addresses': repeated('a@a.'),
    'a long domain': `a@${repeated('a.')}`,
    'a long local part': `${repeated('a.')}@`,
    'plus signs': repeated('+1'),
    'open brackets': repeated('+1 ('),
    'names without values': repeated('token='),
    'names and blanks': repeated('password   '),
    'names and open quotes': repeated('password="'),
    'names in a row': repeated('tokenpassword:='),
    'heads of private keys': repeated('-----BEGIN PRIVATE KEY-----'),
    'an open private key': `-----BEGIN PRIVATE KEY-----${repeated('A')}`,
    'heads and ends of private keys': repeated('-----BEGIN PRIVATE KEY-----\n-----END '),
    'beginnings of tokens': repeated('eyJeyJ.'),
    'dots of tokens': `eyJ${repeated('a')}.`,
    'beginnings of keys': repeated('sk-ant-'),
    'parts of keys': repeated('SG.aaaaaaaaaaaaaaaaaaaa.'),
    schemes: repeated('a://'),
    'users of addresses': repeated('ab://a:a:'),
    'a long user': `ab://${repeated('a')}`,
    headers: repeated('Authorization: Bearer '),
    'words for phones': repeated('tel: '),
    'options of commands': repeated(' -u a:'),
    'what is not seen': repeated('\u200b'),
    'full-width digits': repeated('４'),
    'letters with marks': repeated('e\u0301'),
    emoji: repeated('👩‍🔧'),
    markers: repeated('[email]'),
    addresses: repeated('a@b.io '),
    'addresses that touch': repeated('a@b.io'),
    blanks: repeated(' '),
    'names and line ends': repeated('token:\n'),
    'names and words': repeated('token of the '),
    'names and long words': repeated(`token ${'a'.repeat(20)} `),
    'names and escaped quotes': repeated('token\\\\\\"'),
    'names and cells': repeated('token</td> <td '),
    'names in tags': repeated('<token '),
    'elements that stay open': repeated('<token>a'),
    'names and the word value': repeated('token", value'),
    'names and closing brackets': repeated(`token=${')'.repeat(500)}`),
    'names and dollars': repeated('token=${$('),
    'names and dots': repeated('token=a...'),
    cookies: repeated('cookie:a='),
    'a long cookie': `cookie: ${repeated('a=b; ')}`,
    'cookies of long names': repeated(`cookie: ${'a'.repeat(120)} `),
    'tokens as users': repeated(`ab://${'a'.repeat(120)}:`),
    'rules of tables': repeated('|password|\n|--|\n'),
    'a long rule': `|password|\n${repeated('|--')}`,
    'a long row': `|password|\n|--|\n${repeated('| `')}`,
    'a long cell': `|password|\n|--|\n|${repeated(' ')}x|`,
    'a rule that goes on': `|password|\n|${repeated('-')}x`,
    'rows of dashes': repeated('--- \t|'),
    'commands without options': repeated('mysql '),
    'commands on many lines': repeated('docker login \\\n'),
  }

  test.each(Object.entries(texts))('%s take no longer than other texts of that length', (_, text) => {
    const started = performance.now()
    builtIn.redact(text)
    // A few milliseconds to some tenths of a second; what is slow by its nature takes minutes.
    expect(performance.now() - started).toBeLessThan(8_000)
  })
})
