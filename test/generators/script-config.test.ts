import {createRequire} from 'node:module'
import {expect, test} from 'vitest'
import {findSite, rulesOf} from '../../src/generators/index.ts'
import {scriptConfigOf} from '../../src/generators/shared/script-config.ts'
import {parsePage} from '../../src/markdown/index.ts'

const folder = {path: '', list: () => [], read: () => null}
const loaded = createRequire(import.meta.url).cache

function isCompilerLoaded(): boolean {
  return Object.keys(loaded).some((file) => /[/\\]node_modules[/\\]esbuild[/\\]/.test(file))
}

test('only a configuration that is no plain JavaScript loads the compiler', () => {
  const site = findSite({contentPath: '', files: ['a.md'], folder: () => folder})!
  parsePage('# An otter', {path: 'a.md', site: rulesOf(site)})
  expect(scriptConfigOf({path: 'site.js', text: 'export default {base: "/a/"}'}, folder)).toEqual({
    base: '/a/',
  })
  expect(isCompilerLoaded()).toBe(false)

  const typed = 'export default {base: "/b/"} satisfies {base: string}'
  expect(scriptConfigOf({path: 'site.ts', text: typed}, folder)).toEqual({base: '/b/'})
  expect(isCompilerLoaded()).toBe(true)
})

test('constants made of each other cost no more than a large configuration', () => {
  const levels = Array.from({length: 30}, (_, n) => `const l${n + 1} = [${'l'.concat(`${n}, `).repeat(9)}]`)
  const text = ['const l0 = ["kiln"]', ...levels, 'export default {base: "/a/", sidebar: l30}'].join('\n')
  const found = scriptConfigOf({path: 'site.js', text}, folder)

  expect(found).toMatchObject({base: '/a/'})
  let values = 0
  const count = (value: unknown): void => {
    values++
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(count)
  }
  count(found)
  expect(values).toBeLessThan(1_000_000)
})
