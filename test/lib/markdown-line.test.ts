import {expect, test} from 'vitest'
import {markdownLine} from '../../src/lib/markdown-line.ts'

test.each([
  ['```sh\nPORT=8080 npm start\n```', 'PORT=8080 npm start'],
  ['Run:\n\n~~~~ js title="a"\nrun()\n~~~~\nDone.', 'Run: run() Done.'],
  ['## Ports\n\n- **One**\n- `two`', 'Ports One two'],
  ['| A | B |\n| --- | --- |\n| 1 | 2 |', 'A B 1 2'],
  ['See [ports](/docs/ports).', 'See ports.'],
])('%j is the line “%s”', (markdown, line) => {
  expect(markdownLine(markdown)).toBe(line)
})
