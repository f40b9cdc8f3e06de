import {readdirSync, readFileSync} from 'node:fs'
import {isBuiltin} from 'node:module'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const {dependencies, optionalDependencies, devDependencies} = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as Record<'dependencies' | 'optionalDependencies' | 'devDependencies', Record<string, string>>
const installed = {...dependencies, ...optionalDependencies}

/** The product, and the scripts that build it at its first start. */
const sources = ['src', 'scripts/build'].flatMap((folder) =>
  readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'})
    .filter((file) => /\.(?:ts|mjs)$/.test(file))
    .map((file) => ({file: join(folder, file), code: readFileSync(join(root, folder, file), 'utf8')})),
)

test('the product imports only its own dependencies, not those of other packages', () => {
  const wrong = sources.flatMap(({file, code}) =>
    [...code.matchAll(/^(?:import|export)\s+(type\s)?(?:[\w\s{},*$]+?\sfrom\s+)?'([^'.][^']*)'/gm)]
      .map(([, type, target]) => ({isType: type !== undefined, name: packageOf(target!)}))
      .filter(({name}) => !isBuiltin(name) && !(name in installed))
      .filter(({name, isType}) => !(isType && `@types/${name}` in devDependencies))
      .map(({name}) => `${file} imports ${name}`),
  )

  expect(wrong).toEqual([])
})

test('every dependency of the product is used by it', () => {
  const unused = Object.keys(installed).filter(
    (name) => !sources.some(({code}) => code.includes(`'${name}'`) || code.includes(`'${name}/`)),
  )

  expect(unused).toEqual([])
})

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}
