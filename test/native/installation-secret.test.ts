import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {visitorKeys} from '../../src/http/limits/visitor-keys.ts'
import {installationSecret} from '../../src/native/installation-secret.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docent-secret-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

function open(file = 'secret'): {secret: Buffer; problems: readonly string[]} {
  const problems: string[] = []
  return {secret: installationSecret(join(folder, file), (problem) => problems.push(problem)), problems}
}

describe('the secret of an installation', () => {
  test('survives a restart, and only its owner can read it', () => {
    const first = open()
    const second = open()

    expect(second.secret).toEqual(first.secret)
    expect(first.secret).toHaveLength(32)
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['secret'])
    expect([...first.problems, ...second.problems]).toEqual([])
  })

  test('is different in each installation', () => {
    expect(open('a').secret).not.toEqual(open('b').secret)
  })

  test.each(['', 'half of o', 'z'.repeat(64)])('is made anew where the file holds %j', (text) => {
    writeFileSync(join(folder, 'secret'), text)

    const {secret, problems} = open()

    expect(problems).toEqual([])
    expect(readFileSync(join(folder, 'secret'), 'utf8').trim()).toBe(secret.toString('hex'))
  })

  test('lasts as long as the process if it cannot be stored, and the reason is reported', () => {
    const {secret, problems} = open('no/such/folder/secret')

    expect(secret).toHaveLength(32)
    expect(problems).toEqual([expect.stringContaining('ENOENT')])
  })
})

describe('a visitor’s idempotency key', () => {
  const {keyOf} = visitorKeys(Buffer.alloc(32, 1))

  test('is the same for the same visitor and key, and for nobody else', () => {
    expect(keyOf('192.0.2.1', '1')).toBe(keyOf('192.0.2.1', '1'))
    expect(keyOf('192.0.2.2', '1')).not.toBe(keyOf('192.0.2.1', '1'))
    expect(keyOf('192.0.2.1', '2')).not.toBe(keyOf('192.0.2.1', '1'))
    expect(keyOf('192.0.2.1', null)).toBeNull()
  })

  test('cannot be guessed without the secret', () => {
    expect(visitorKeys(Buffer.alloc(32, 2)).keyOf('192.0.2.1', '1')).not.toBe(keyOf('192.0.2.1', '1'))
  })
})
