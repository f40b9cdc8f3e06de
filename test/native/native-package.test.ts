import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {importNative, openSqlite, requireNative} from '../../src/native/index.ts'
import {asNativeError} from '../../src/native/native-package.ts'
import {remedy} from '../../src/native/remedy.ts'
import {sqlitePackage} from '../../src/native/sqlite.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docent-native-'))
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const node = `Node.js ${process.versions.node} on ${process.platform}-${process.arch}`
const inCheckout =
  "Run npm ci with this Node.js, with optional packages and with the packages' install scripts."

describe('a package with native code', () => {
  test('that is missing is named, with what to run', () => {
    expect(() => requireNative('a-package-that-is-not-there')).toThrow(
      expect.objectContaining({
        code: 'not_installed',
        message: `a-package-that-is-not-there is not installed for ${node}. ${inCheckout}`,
      }),
    )
  })

  test('whose binary was not built counts as not installed', async () => {
    // As `bindings` says it, over a dozen lines.
    const load = () =>
      Promise.reject(new Error('Could not locate the bindings file. Tried:\n → build/addon.node\n → more'))

    await expect(importNative('hnswlib-node', load)).rejects.toMatchObject({
      code: 'not_installed',
      message: `hnswlib-node is not installed for ${node}. ${inCheckout}`,
    })
  })

  test('whose binary is for another system or version is reported in one line', () => {
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

describe('a binary that is loaded with its first use', () => {
  test.each([
    [
      'is not there',
      Object.assign(
        new Error("Cannot find module '/x/build/Release/better_sqlite3.node'\nRequire stack:\n- /x"),
        {code: 'MODULE_NOT_FOUND'},
      ),
      'sqlite is not installed for',
    ],
    [
      'was not built',
      new Error('Could not locate the bindings file. Tried:\n → /x\n → /y'),
      'sqlite is not installed for',
    ],
    [
      'is for another Node',
      Object.assign(
        new Error(
          "The module '/x.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 115.",
        ),
        {code: 'ERR_DLOPEN_FAILED'},
      ),
      'sqlite was compiled for another version of Node.js than',
    ],
    [
      'is damaged',
      Object.assign(new Error('/x.node: file too short'), {code: 'ERR_DLOPEN_FAILED'}),
      'sqlite cannot be loaded by',
    ],
  ])('and %s is one sentence', (_, error, words) => {
    const told = asNativeError('sqlite', error) as Error

    expect(told).toMatchObject({code: 'not_installed'})
    expect(told.message).toMatch(new RegExp(`^${words} [^\\n]+\\. Run npm ci [^\\n]+$`))
  })

  test('leaves errors of SQLite about a file unchanged', () => {
    const error = Object.assign(new Error('file is not a database'), {code: 'SQLITE_NOTADB'})

    expect(asNativeError('sqlite', error)).toBe(error)
    expect(() => openSqlite(join(folder, 'no', 'such', 'folder'))).toThrow(TypeError)
  })

  test('names a missing dependency of a package', async () => {
    const load = () =>
      Promise.reject(
        Object.assign(new Error("Cannot find package 'onnxruntime-node' imported from /x/transformers.js"), {
          code: 'ERR_MODULE_NOT_FOUND',
        }),
      )

    await expect(importNative('@xenova/transformers', load)).rejects.toThrow(
      /^onnxruntime-node is not installed/,
    )
  })
})

describe('where Docent is an installed package', () => {
  const installed = {root: '/srv/docs-site/node_modules/docent', inCheckout: false}

  test('the script of a package whose binary is missing is allowed and run', () => {
    expect(remedy('hnswlib-node', {...installed, isAbsent: false})).toBe(
      'In /srv/docs-site run: npm pkg set allowScripts.hnswlib-node=true --json && npm rebuild hnswlib-node',
    )
  })

  test('an alias is allowed by the name of the aliased package', () => {
    expect(remedy('better-sqlite3-12', {...installed, isAbsent: false})).toContain(
      'npm pkg set allowScripts.better-sqlite3=true --json && npm rebuild better-sqlite3-12',
    )
  })

  test('a package that is missing is installed', () => {
    expect(remedy('better-sqlite3', {...installed, isAbsent: true})).toBe(
      'In /srv/docs-site run npm install with this Node.js and with optional packages.',
    )
  })
})

test('SQLite is the release line for this Node, and statements can be garbage-collected', () => {
  expect(sqlitePackage).toBe(Number(process.versions.napi) >= 10 ? 'better-sqlite3' : 'better-sqlite3-12')
  const db = openSqlite(':memory:')
  db.exec('CREATE VIRTUAL TABLE words USING fts5 (text, contentless_delete=1, content="")')

  expect(db.prepare('SELECT count(*) FROM words').pluck().get()).toBe(0)
  db.close()
})
