import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import {parsePage} from '../../src/markdown/index.ts'
import {plainSite} from '../support/unconfigured-site.ts'

const root = fileURLToPath(new URL('../fixtures/markdown', import.meta.url))
const cases = readdirSync(root).sort()

describe('a page is parsed as its fixture says', () => {
  test.each(cases)('%s', (name) => {
    const folder = join(root, name)
    const file = existsSync(join(folder, 'input.mdx')) ? 'input.mdx' : 'input.md'
    const readInclude = (path: string): string | null => {
      const found = join(folder, 'files', path)
      return existsSync(found) ? readFileSync(found, 'utf8') : null
    }

    const parsed = parsePage(readFileSync(join(folder, file), 'utf8'), {
      path: file,
      site: plainSite,
      readInclude,
    })

    const expectation = join(folder, 'page.json')
    if (process.env['UPDATE'] === '1') writeFileSync(expectation, `${JSON.stringify(parsed, null, 2)}\n`)
    expect(
      existsSync(expectation),
      'the fixture has no page.json; run with UPDATE=1 and review the file that it writes',
    ).toBe(true)
    expect(JSON.parse(JSON.stringify(parsed))).toEqual(JSON.parse(readFileSync(expectation, 'utf8')))
  })
})
