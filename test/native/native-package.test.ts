import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {importNative, openSqlite, requireNative} from '../../src/native/index.ts'
import {sqlitePackage} from '../../src/native/sqlite.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docent-native-'))
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const node = `Node.js ${process.versions.node} on ${process.platform}-${process.arch}`
const remedy = "Run npm ci with this Node.js, with optional packages and with the packages' install scripts."

describe('a package with native code', () => {
  test('that is not there is named, with what to run', () => {
    expect(() => requireNative('a-package-that-is-not-there')).toThrow(
      expect.objectContaining({
        code: 'not_installed',
        message: `a-package-that-is-not-there is not installed for ${node}. ${remedy}`,
      }),
    )
  })

  test('whose binary was not built counts as not installed', async () => {
    // As `bindings` says it, over a dozen lines.
    const load = () =>
      Promise.reject(new Error('Could not locate the bindings file. Tried:\n → build/addon.node\n → more'))

    await expect(importNative('hnswlib-node', load)).rejects.toMatchObject({
      code: 'not_installed',
      message: `hnswlib-node is not installed for ${node}. ${remedy}`,
    })
  })

  test('whose binary is for another system or version is told apart, in one line', () => {
    const binary = join(folder, 'addon.node')
    writeFileSync(binary, 'no binary at all')

    expect(() => requireNative(binary)).toThrow(
      expect.objectContaining({
        code: 'not_installed',
        message: expect.stringMatching(/^\S+ cannot be loaded by Node\.js [^\n]+\. Run npm ci[^\n]+$/),
      }),
    )
  })
})

test('SQLite is the line that fits this Node, and statements may be collected', () => {
  expect(sqlitePackage).toBe(Number(process.versions.napi) >= 10 ? 'better-sqlite3' : 'better-sqlite3-12')
  const db = openSqlite(':memory:')
  db.exec('CREATE VIRTUAL TABLE words USING fts5 (text, contentless_delete=1, content="")')

  expect(db.prepare('SELECT count(*) FROM words').pluck().get()).toBe(0)
  db.close()
})
