import {readdirSync, readFileSync} from 'node:fs'
import {join, normalize} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import {rooms, rootFiles} from '../scripts/architecture.ts'

/** Packages that one folder of `src` alone may import. */
const owners: Readonly<Record<string, string>> = {
  express: 'http',
  'better-sqlite3': 'native',
  'hnswlib-node': 'search-index',
  '@anthropic-ai/sdk': 'generation',
  undici: 'generation',
  '@xenova/transformers': 'embedding',
  acorn: 'markdown',
  'acorn-jsx': 'markdown',
  'gray-matter': 'markdown',
}

const root = fileURLToPath(new URL('..', import.meta.url))
const files = filesOf('src')
const allowed = new Map(rooms.map(({name, mayImport}) => [name, mayImport]))
/** Folders whose files are imported one by one. */
const open = new Set(rooms.filter(({openBecause}) => openBecause !== undefined).map(({name}) => name))

interface Import {
  readonly from: string
  /** Relative to the repository; null for a package. */
  readonly file: string | null
  readonly name: string
}

const imports = files.flatMap(importsOf)
/** Those that leave their folder of `src`. Files at its root put the folders together: they may import any. */
const crossing = imports.flatMap(({from, file}) => {
  if (file === null || roomOf(from) === roomOf(file)) return []
  if (!file.startsWith('src/')) return []
  return [{from, file, room: roomOf(from), target: roomOf(file)}]
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

/** The folder of `src` that holds it; '' for a file at the root of `src`, null outside. */
function roomOf(file: string): string | null {
  const [top, room, ...rest] = file.split('/')
  if (top !== 'src') return null
  return rest.length > 0 ? room! : ''
}

describe('the import table', () => {
  test('lists every folder of src, each once', () => {
    const folders = new Set(files.map(roomOf).filter((room) => room !== ''))

    expect(rooms.map(({name}) => name).sort()).toEqual([...folders].sort())
  })

  test('lists every file at the root of src', () => {
    const found = files.filter((file) => roomOf(file) === '').map((file) => file.replace('src/', ''))

    expect(rootFiles.map(({name}) => name).sort()).toEqual(found.sort())
  })

  test('a folder imports only from those it may', () => {
    const wrong = crossing
      .filter(({room, target}) => room !== '' && target !== '' && !allowed.get(room!)?.includes(target!))
      .map(({from, file}) => `${from} imports ${file}`)

    expect(wrong).toEqual([])
  })

  test('a folder imports from all that it may', () => {
    const used = new Set(crossing.map(({room, target}) => `${room} imports ${target}`))
    const unused = rooms.flatMap(({name, mayImport}) =>
      mayImport.map((target) => `${name} imports ${target}`).filter((arrow) => !used.has(arrow)),
    )

    expect(unused).toEqual([])
  })

  test('a folder is entered by its index.ts, unless the table says why not', () => {
    const wrong = crossing
      .filter(({file, target}) => target !== '' && !open.has(target!) && file !== `src/${target}/index.ts`)
      .map(({from, file}) => `${from} imports ${file}`)

    expect(wrong).toEqual([])
  })

  test('nothing in src imports scripts, tools or tests', () => {
    const wrong = imports
      .filter(({file}) => file !== null && !file.startsWith('src/'))
      .map(({from, file}) => `${from} imports ${file}`)

    expect(wrong).toEqual([])
  })

  test('nothing but the command line and the tools imports a file at the root of src', () => {
    const wrong = crossing.filter(({target, room}) => target === '' && room !== '' && room !== 'cli')

    expect(wrong).toEqual([])
  })

  test('scripts and tools import no tests', () => {
    const wrong = [...filesOf('scripts'), ...filesOf('tools')]
      .flatMap(importsOf)
      .filter(({file}) => file?.startsWith('test/'))

    expect(wrong).toEqual([])
  })

  test('packages with an owner are imported by it alone', () => {
    const wrong = imports.filter(({from, name}) => {
      const owner = Object.entries(owners).find(([pkg]) => name === pkg || name.startsWith(`${pkg}/`))?.[1]
      return owner !== undefined && roomOf(from) !== owner
    })

    expect(wrong).toEqual([])
  })

  test('only the settings read the environment', () => {
    const wrong = files.filter(
      (file) => roomOf(file) !== 'settings' && /process\.env\b/.test(readFileSync(join(root, file), 'utf8')),
    )

    expect(wrong).toEqual([])
  })
})
