import fc from 'fast-check'
import {remark} from 'remark'
import remarkGfm from 'remark-gfm'
import {expect, test} from 'vitest'
import {parseMarkdown} from '../../src/markdown/parse-markdown.ts'
import {seedOr} from '../support/random-seed.ts'

const filler = 'Words that make the text long enough to be split in parts. '.repeat(14)
const line = fc.constantFrom(
  filler,
  `- ${filler}`,
  '# Heading',
  '## Heading `code`',
  '```js title="a.js"',
  '```',
  '````',
  '~~~',
  '  ```',
  '   ```sh',
  '    ```',
  '- item',
  '  more of it',
  '1. one',
  '> quoted',
  '',
  '',
  '| a | b |',
  '| - | - |',
  '    indented',
  '---',
  'text **bold** [link](x)',
)

test('a text parsed in parts has the same tree as remark makes of the whole', () => {
  fc.assert(
    fc.property(fc.array(line, {minLength: 8, maxLength: 40}), (lines) => {
      const text = `${filler}\n\n${filler}\n\n${lines.join('\n')}`

      const whole = remark().use(remarkGfm).parse(text)
      expect(JSON.stringify(parseMarkdown(text))).toBe(JSON.stringify(whole))
    }),
    {numRuns: 300, seed: seedOr(7)},
  )
})
