import fc from 'fast-check'
import {expect, test} from 'vitest'
import {quotableBlocksIn} from '../../src/markdown/index.ts'
import {decodeBlocks, encodeBlocks} from '../../src/search-index/quotable-blocks-codec.ts'
import {seedOr} from '../support/random-seed.ts'

const block = fc.constantFrom(
  'Words here. *More* words:\n\n',
  '> ## Inside\n>\n> Quoted.\n\n',
  '- one\n- two `code`\n  - three\n\n',
  '1. first\n2. second\n\n   ```js\n   run()\n   ```\n\n',
  '| a | b |\n|:--|--:|\n| c | `d` |\n\n',
  '```\nno language\n```\n\n',
  '````c++ title="a"\n```\ninner\n```\n````\n\n',
  '- [only](a.md)\n- [links](b.md)\n\n',
)

test('blocks of every kind are read as they were stored', () => {
  fc.assert(
    fc.property(fc.array(block, {minLength: 1, maxLength: 8}), (parts) => {
      const blocks = quotableBlocksIn(parts.join(''))
      expect(blocks.length).toBeGreaterThan(0)
      expect(decodeBlocks(encodeBlocks(blocks))).toEqual(blocks)
    }),
    {numRuns: 200, seed: seedOr(7)},
  )
})
