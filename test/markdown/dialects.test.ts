import {readdirSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import {flatten} from '../../src/markdown/flatten.ts'
import {plainSite} from '../support/unconfigured-site.ts'

const source = fileURLToPath(new URL('../../src/', import.meta.url))
const kit = {name: 'markdown/dialect-kit.ts', code: readFileSync(`${source}markdown/dialect-kit.ts`, 'utf8')}
const common = filesIn('markdown/dialects')
/** The constructs of generators: what is written against the interface of a pass. */
const ofGenerators = filesIn('generators').filter(({code}) => /\bReading\b/.test(code))
const files = [...common, ...ofGenerators]

function filesIn(folder: string): {readonly name: string; readonly code: string}[] {
  return readdirSync(source + folder, {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({name: `${folder}/${name}`, code: readFileSync(`${source}${folder}/${name}`, 'utf8')}))
}

/** What a dialect may know of the pass that reads it. */
const narrow = ['container', 'dialect', 'exported-text', 'reading']

describe('a dialect', () => {
  test('of a generator is among those', () => {
    expect(ofGenerators.length).toBeGreaterThan(8)
  })

  test.each([kit, ...files])('$name sees only the interface of a pass', ({code}) => {
    const imported = [...code.matchAll(/from '\.{1,2}\/flattening\/([\w-]+)\.ts'/g)].map((match) => match[1]!)
    expect(imported.filter((name) => !narrow.includes(name))).toEqual([])
  })

  test.each(files)('$name assigns to nothing that other constructs share', ({code}) => {
    const shared =
      /\b(?:reading|at|write|containers|context)(?:\.\w+)+\s*(?:(?:[-+*/%&|?]|\*\*|&&|\|\||\?\?)?=(?![=>])|\+\+|--)/
    expect(shared.exec(code)?.[0]).toBeUndefined()
  })

  test.each(common)('$name knows no generator', ({code}) => {
    expect(/\bgenerator\b/.exec(code.replace(/\/\*\*[\s\S]*?\*\//g, ''))?.[0]).toBeUndefined()
  })
})

test('a site reads only the dialects that it names', () => {
  const options = {path: 'a.md', projectPath: 'a.md', site: plainSite, bodyLine: 1, readInclude: () => null}
  const source = 'An {{< unknown >}} otter.'

  expect(flatten(source, options).text).toBe('An  otter.')
  const dialects = plainSite.dialects.filter(({name}) => !['hugo', 'templates'].includes(name))
  expect(flatten(source, {...options, site: {...plainSite, dialects}}).text).toBe(source)
})

test('the syntax rules of a site decide what is hidden', () => {
  const options = {path: 'a.md', projectPath: 'a.md', site: plainSite, bodyLine: 1, readInclude: () => null}
  const source = '```rust\n# use a;\nlet b = a;\n```'
  const syntax = {
    templates: false,
    vue: false,
    hiddenRustLines: true,
    shortcodesInCode: false,
    liquidInCode: false,
    mystLines: false,
    magicComments: [],
    codeTitles: false,
    inlineMarks: [],
  } as const

  expect(flatten(source, options).text).toContain('# use a;')
  expect(flatten(source, {...options, site: {...plainSite, syntax}}).text).not.toContain('# use a;')
})
