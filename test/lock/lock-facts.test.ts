import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import {lockFacts, withLockFacts} from '../../scripts/lock/lock-facts.ts'

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const lock = readFileSync(path('package-lock.json'), 'utf8')

interface Lock {
  packages: Record<string, {engines?: Record<string, string>; hasInstallScript?: boolean}>
}

test('the lock has all facts; if this fails, run npm run lock', () => {
  expect(withLockFacts(lock)).toEqual({text: lock, missing: []})
})

describe('a lock as npm writes it', () => {
  const fresh = JSON.parse(lock) as Lock
  fresh.packages['node_modules/better-sqlite3-12']!.engines = {node: '20.x || 22.x || 24.x || 26.x'}
  fresh.packages['node_modules/onnxruntime-node']!.hasInstallScript = true
  fresh.packages['node_modules/better-sqlite3']!.hasInstallScript = true
  const text = `${JSON.stringify(fresh, null, 2)}\n`

  test('lacks every fact', () => {
    expect(withLockFacts(text).missing).toEqual(lockFacts.map(({fact}) => fact))
  })

  test('gets them, and nothing else changes', () => {
    const changed = JSON.parse(withLockFacts(text).text) as Lock
    const {engines, ...sqlite} = changed.packages['node_modules/better-sqlite3-12']!

    expect(engines).toEqual({node: '<22.14.0 || >=23.0.0 <23.6.0'})
    expect(changed.packages['node_modules/onnxruntime-node']).not.toHaveProperty('hasInstallScript')
    expect(changed.packages['node_modules/better-sqlite3']).not.toHaveProperty('hasInstallScript')
    expect(sqlite).toEqual({...fresh.packages['node_modules/better-sqlite3-12'], engines: undefined})
    expect(Object.keys(changed.packages)).toEqual(Object.keys(fresh.packages))
  })
})

test('a fact about a missing package is an error', () => {
  expect(() => withLockFacts('{"packages": {}}')).toThrow(/better-sqlite3 is not in the lock/)
})

test('both versions of better-sqlite3 are optional, so that npm skips the one that does not match', () => {
  const {optionalDependencies} = JSON.parse(readFileSync(path('package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>
  }

  expect(Object.keys(optionalDependencies)).toEqual(['better-sqlite3', 'better-sqlite3-12'])
  expect(optionalDependencies['better-sqlite3']).toMatch(/^13\.\d+\.\d+$/)
  expect(optionalDependencies['better-sqlite3-12']).toMatch(/^npm:better-sqlite3@12\.\d+\.\d+$/)
})
