import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {readSource} from '../../src/ingestion/scan-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'docent-scan-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

describe('reading a file', () => {
  test('gives its bytes', async () => {
    const file = join(folder, 'still.md')
    writeFileSync(file, '# Still')

    expect(String(await readSource(file))).toBe('# Still')
  })

  test('case 61: that changes while it is read gives one state of it, never a mixture', async () => {
    const file = join(folder, 'moving.md')
    const size = 4_000_000
    let round = 0
    const write = (): void => writeFileSync(file, String(round++ % 10).repeat(size))
    write()
    let isWriting = true
    const writing = (async () => {
      while (isWriting) {
        await new Promise(setImmediate)
        write()
      }
    })()

    const results: (Buffer | string)[] = []
    for (let i = 0; i < 5; i++) results.push(await readSource(file))
    isWriting = false
    await writing

    for (const result of results) {
      if (typeof result === 'string') expect(result).toContain('keeps changing')
      else expect(result.equals(Buffer.alloc(size, result[0]))).toBe(true)
    }
    expect(await readSource(file)).toHaveLength(size)
  })
})
