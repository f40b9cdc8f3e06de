import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Worker} from 'node:worker_threads'
import {afterAll, describe, expect, test} from 'vitest'
import {readSource} from '../../src/ingestion/scan-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'docent-scan-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

describe('reading a file', () => {
  test('returns its bytes', () => {
    const file = join(folder, 'still.md')
    writeFileSync(file, '# Still')

    expect(String(readSource(file))).toBe('# Still')
  })

  test('[file changes while read] that changes while it is read returns one state of it, never a mixture', async () => {
    const file = join(folder, 'moving.md')
    const size = 4_000_000
    // In another thread, because reading blocks this one.
    const writer = new Worker(
      `const {writeFileSync} = require('node:fs')
       const {parentPort, workerData: {file, size}} = require('node:worker_threads')
       const end = Date.now() + 5_000
       for (let round = 0; Date.now() < end; round++) {
         writeFileSync(file, String(round % 10).repeat(size))
         if (round === 0) parentPort.postMessage('begun')
         // File times have a resolution of a few milliseconds, within which a second write would not show.
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
       }`,
      {eval: true, workerData: {file, size}},
    )
    await once(writer, 'message')

    const results = Array.from({length: 20}, () => readSource(file))
    await writer.terminate()

    for (const result of results) {
      if (typeof result === 'string') expect(result).toContain('keeps changing')
      else expect(result.equals(Buffer.alloc(result.length, result[0]))).toBe(true)
    }
    writeFileSync(file, 'x'.repeat(size))
    expect(readSource(file)).toHaveLength(size)
  })
})
