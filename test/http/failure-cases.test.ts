import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import {testsIn} from '../support/test-titles.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** The names of the cases: those of the server, and the others. */
const [ofServer, others] = readFileSync(join(folder, 'failure-cases.md'), 'utf8')
  .split('## Ingest')
  .map((part) => [...part.matchAll(/^- \*\*(.+?)\*\*: /gm)].map(([, name]) => name!)) as [string[], string[]]
const cases = [...ofServer, ...others]

const tests = readdirSync(folder, {recursive: true, encoding: 'utf8'})
  .filter((path) => path.endsWith('.test.ts') && !path.endsWith('failure-cases.test.ts'))
  .flatMap((path) => testsIn(readFileSync(join(folder, path), 'utf8')).map((test) => ({...test, path})))

/** The cases that a title names: `[full disk] [locked log] …`, at the beginning of its own or of a block's. */
function namesIn(title: string): string[] {
  return title
    .split(' > ')
    .flatMap((part) => /^(?:\[[^\]]+\] )+/.exec(part)?.[0].match(/[^[\]]+(?=\])/g) ?? [])
}

describe('the failure cases', () => {
  test('are listed once each', () => {
    expect(cases.length).toBeGreaterThan(60)
    expect(new Set(cases).size).toBe(cases.length)
  })

  test('have a test each that is not skipped and asserts, those of the server over a real socket', () => {
    const running = tests.filter(({isSkipped, asserts}) => !isSkipped && asserts)
    const held = new Set(running.flatMap(({title}) => namesIn(title)))
    const heldByServer = new Set(
      running.filter(({path}) => /^(?:http|main)\//.test(path)).flatMap(({title}) => namesIn(title)),
    )

    expect(ofServer.filter((name) => !heldByServer.has(name))).toEqual([])
    expect(others.filter((name) => !held.has(name))).toEqual([])
  })

  test('are the only ones that tests name', () => {
    const known = new Set(cases)
    const strange = tests.flatMap(({title, path}) =>
      namesIn(title)
        .filter((name) => !known.has(name))
        .map((name) => `${path}: [${name}]`),
    )

    expect(strange).toEqual([])
  })
})

describe('tests are read from their source', () => {
  test('with the blocks around them, what skips them, and whether they assert', () => {
    const source = `
      import {describe, expect, test} from 'vitest'
      const isWhole = (x: number): void => expect(x).toBe(1)
      async function deep() { isWhole(1) }
      describe.skipIf(false)('[a] block', () => {
        test('[b] asserts', () => { expect(1).toBe(1) })
        test.each([1, 2])('[c] %i by others', async (n) => { await deep() })
        test.skip('[d] is skipped', () => { expect(1).toBe(1) })
        test(\`[e] \${1} asserts nothing\`, () => {})
      })
      describe.skip('skipped', () => { test.each\`\`('[f] too', () => expect(1).toBe(1)) })`

    expect(testsIn(source)).toEqual([
      {title: '[a] block > [b] asserts', isSkipped: false, asserts: true},
      {title: '[a] block > [c] %i by others', isSkipped: false, asserts: true},
      {title: '[a] block > [d] is skipped', isSkipped: true, asserts: true},
      {title: '[a] block > [e] … asserts nothing', isSkipped: false, asserts: false},
    ])
  })

  test('and all of them are found', () => {
    expect(tests.length).toBeGreaterThan(900)
  })
})
