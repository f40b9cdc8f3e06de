import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {root} from '../programs.ts'

/** The function `ask` of the page on streaming. */
export function documentedCode(): string {
  const page = readFileSync(join(root, 'content/streaming.md'), 'utf8')
  const code = /^## A client in plain fetch\n+```js\n(.*?)^```$/ms.exec(page)?.[1]
  if (code === undefined) throw new Error('content/streaming.md shows no client in plain fetch')
  return code
}
