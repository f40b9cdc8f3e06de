import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'

/**
 * The failure catalogue numbers what can go wrong between a reader, the network, the model and the log. Each case
 * has a test that drives a real server over a real socket and begins its name with its number: `case 4: …`. This
 * one keeps the numbers complete.
 */
const cases = 43
const folders = ['../http', '../main']

test(`each of the failure cases 1 to ${cases} has a test over a real socket that names it`, () => {
  const named = new Set<number>()
  for (const folder of folders) {
    const path = fileURLToPath(new URL(folder, import.meta.url))
    for (const file of readdirSync(path).filter((name) => name.endsWith('.test.ts'))) {
      for (const [numbers] of readFileSync(join(path, file), 'utf8').matchAll(/'(?:case \d+[,:] )+/g)) {
        for (const [number] of numbers.matchAll(/\d+/g)) named.add(Number(number))
      }
    }
  }

  const missing = Array.from({length: cases}, (_, index) => index + 1).filter((number) => !named.has(number))
  expect(missing).toEqual([])
})
