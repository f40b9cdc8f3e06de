import {readdirSync, readFileSync} from 'node:fs'
import {join, normalize} from 'node:path'
import {fileURLToPath} from 'node:url'
import picomatch from 'picomatch'
import {describe, expect, test} from 'vitest'
import {sourceFolders} from '../scripts/architecture.ts'
import {alone} from './alone.ts'

/** Packages that only one folder of `src` may import. */
const owners: Readonly<Record<string, string | readonly string[]>> = {
  express: 'http',
  'better-sqlite3': 'native',
  'hnswlib-node': 'search-index',
  '@anthropic-ai/sdk': 'generation',
  undici: 'generation',
  '@xenova/transformers': 'embedding',
  acorn: ['generators', 'markdown'],
  'acorn-jsx': 'markdown',
  'gray-matter': 'markdown',
}

const root = fileURLToPath(new URL('..', import.meta.url))
const files = filesOf('src')
/** The client is a package of its own, with one entry. */
const client = 'packages/client/src'
const clientFiles = filesOf(client)
const allowed = new Map(sourceFolders.map(({name, mayImport}) => [name, mayImport]))
/** Folders whose files may be imported directly. */
const open = new Set(sourceFolders.filter(({openBecause}) => openBecause !== undefined).map(({name}) => name))

/** Entries besides `index.ts`, and the folder that may import each. */
const entries = new Map(
  sourceFolders.flatMap(({name, secondEntry}) =>
    secondEntry ? [[`src/${name}/${secondEntry.file}`, secondEntry.importedBy]] : [],
  ),
)

interface Import {
  readonly from: string
  /** Relative to the repository; null for a package. */
  readonly file: string | null
  readonly name: string
}

const imports = files.flatMap(importsOf)
/** Imports of another folder of `src`. */
const crossing = imports.flatMap(({from, file}) => {
  if (file === null || folderOf(from) === folderOf(file)) return []
  if (!file.startsWith('src/')) return []
  return [{from, file, folder: folderOf(from), target: folderOf(file)}]
})

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'})
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(folder, file))
}

function importsOf(from: string): Import[] {
  const code = readFileSync(join(root, from), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  return [...code.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => {
    const name = match[1]!
    return {from, name, file: name.startsWith('.') ? normalize(join(from, '..', name)) : null}
  })
}

/** The folder of `src` that contains a file; '' for a file at the root of `src`, null outside of it. */
function folderOf(file: string): string | null {
  const [top, folder, ...rest] = file.split('/')
  if (top !== 'src') return null
  return rest.length > 0 ? folder! : ''
}

describe('the import table', () => {
  test('lists every folder of src once, and no file of src is outside of them', () => {
    const folders = new Set(files.map(folderOf))

    expect(sourceFolders.map(({name}) => name).sort()).toEqual([...folders].sort())
  })

  test('a folder imports only the folders that it may', () => {
    const wrong = crossing
      .filter(({folder, target}) => !allowed.get(folder!)?.includes(target!))
      .map(({from, file}) => `${from} imports ${file}`)

    expect(wrong).toEqual([])
  })

  test('a folder imports all folders that it may', () => {
    const used = new Set(crossing.map(({folder, target}) => `${folder} imports ${target}`))
    const unused = sourceFolders.flatMap(({name, mayImport}) =>
      mayImport.map((target) => `${name} imports ${target}`).filter((arrow) => !used.has(arrow)),
    )

    expect(unused).toEqual([])
  })

  test('a folder is imported through its index.ts, unless the table says why not', () => {
    const wrong = crossing
      .filter(({file, target}) => !open.has(target!) && file !== `src/${target}/index.ts`)
      .filter(({file, folder}) => entries.get(file) !== folder)
      .map(({from, file}) => `${from} imports ${file}`)

    expect(wrong).toEqual([])
  })

  test('nothing in src imports scripts, tools or tests, and only the web folder the client, through its index.ts', () => {
    const wrong = imports
      .filter(({file}) => file !== null && !file.startsWith('src/'))
      .filter(({from, file}) => folderOf(from) !== 'web' || file !== `${client}/index.ts`)
      .map(({from, file}) => `${from} imports ${file}`)

    expect(wrong).toEqual([])
  })

  test('the client imports the types of the domain and the parser of its streams, and nothing else', () => {
    const wrong = clientFiles
      .flatMap(importsOf)
      .filter(({file, name}) =>
        file === null
          ? name !== 'eventsource-parser'
          : !file.startsWith(`${client}/`) && file !== 'src/domain/index.ts',
      )
      .map(({from, name}) => `${from} imports ${name}`)
    const values = clientFiles.filter((file) =>
      /^(?:import|export) (?!type )[^'"]*['"][^'"]*src\/domain/m.test(readFileSync(join(root, file), 'utf8')),
    )

    expect(wrong).toEqual([])
    expect(values).toEqual([])
  })

  test('scripts and tools import no tests', () => {
    const wrong = [...filesOf('scripts'), ...filesOf('tools')]
      .flatMap(importsOf)
      .filter(({file}) => file?.startsWith('test/'))

    expect(wrong).toEqual([])
  })

  test('packages with an owner are imported only by it', () => {
    const wrong = imports.filter(({from, name}) => {
      const owner = Object.entries(owners).find(([pkg]) => name === pkg || name.startsWith(`${pkg}/`))?.[1]
      return owner !== undefined && ![owner].flat().includes(folderOf(from) ?? '')
    })

    expect(wrong).toEqual([])
  })

  test('only the settings read the environment', () => {
    const wrong = files.filter(
      (file) =>
        folderOf(file) !== 'settings' && /process\.env\b/.test(readFileSync(join(root, file), 'utf8')),
    )

    expect(wrong).toEqual([])
  })
})

describe('test files that share a process', () => {
  const testFiles = filesOf('test')
  const filesWith = (pattern: RegExp) =>
    testFiles.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))

  test('replace no module, which the others would have loaded before', () => {
    const isAlone = picomatch([...alone])

    expect(filesWith(/^ *vi\.(?:mock|doMock)\(/m).filter((file) => !isAlone(file))).toEqual([])
  })

  test('have helpers without hooks of their own, which would be those of the first file alone', () => {
    const helpers = filesWith(/^(?:before|after)(?:Each|All)\(/m).filter((file) => !/\.test\.ts$/.test(file))

    expect(helpers).toEqual(['test/support/leave-no-trace.ts'])
  })
})
