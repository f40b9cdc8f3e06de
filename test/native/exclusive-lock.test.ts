import {mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, expect, test} from 'vitest'
import {takeExclusiveLock} from '../../src/native/index.ts'

const folders: string[] = []

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-lock-'))
  folders.push(folder)
  return folder
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

test('one at a time has the lock, and the next one gets it after the release', () => {
  const file = join(newFolder(), 'a.lock')

  const first = takeExclusiveLock(file, 0)
  const second = takeExclusiveLock(file, 0)
  first!.release()
  const third = takeExclusiveLock(file, 0)
  third?.release()

  expect([first, second, third].map((lock) => lock !== null)).toEqual([true, false, true])
})

test('the lock is one empty file', () => {
  const folder = newFolder()

  const lock = takeExclusiveLock(join(folder, 'a.lock'), 0)
  const files = readdirSync(folder)
  lock?.release()

  expect(files).toEqual(['a.lock'])
  expect(statSync(join(folder, 'a.lock')).size).toBe(0)
})

test('a path that cannot be a file is an error, not a lock of another process', () => {
  expect(() => takeExclusiveLock(newFolder(), 0)).toThrowError(
    expect.objectContaining({code: expect.stringMatching(/^SQLITE_CANTOPEN/)}),
  )
})
