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
