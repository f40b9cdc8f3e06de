import {expect, test, vi} from 'vitest'
import {quotableBlocksIn} from '../../src/markdown/index.ts'

/** Characters whose escapes and references were resolved. */
const decoded = vi.hoisted(() => ({characters: 0}))
vi.mock('micromark-util-decode-string', async (importOriginal) => {
  const original = await importOriginal<typeof import('micromark-util-decode-string')>()
  return {
    decodeString: (text: string) => {
      decoded.characters += text.length
      return original.decodeString(text)
    },
  }
})

test('each character of a long line is looked at a few times, however many sentences it has', () => {
  const line = 'これは文です。'.repeat(3_000)

  const units = quotableBlocksIn(line).flatMap((block) => block.units)

  expect(units).toHaveLength(3_000)
  expect(decoded.characters / line.length).toBeLessThan(5)
})
