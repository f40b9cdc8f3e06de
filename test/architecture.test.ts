import {readdirSync, readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'

/** Which rooms of `src/` each room may import from. What is not listed is not allowed. */
const allowed: Record<string, readonly string[]> = {
  domain: [],
  text: [],
  typescript: [],
  native: ['domain'],
  markdown: ['domain', 'text'],
  embedding: ['domain', 'native'],
  index: ['domain', 'text', 'native'],
  retrieval: ['domain', 'text', 'embedding', 'index'],
  generation: ['domain', 'text'],
  ingestion: ['domain', 'text', 'typescript', 'native', 'markdown', 'embedding', 'index', 'retrieval'],
  answering: ['domain', 'text', 'retrieval', 'generation'],
  transcripts: ['domain', 'text', 'native', 'answering'],
  http: ['domain', 'text', 'markdown', 'index', 'retrieval', 'answering', 'transcripts', 'ingestion'],
  web: ['domain', 'text'],
}

/** Packages that one room alone may import. */
const owners: Record<string, string> = {
  express: 'http',
  'better-sqlite3': 'native',
  'hnswlib-node': 'index',
  '@anthropic-ai/sdk': 'generation',
  '@xenova/transformers': 'embedding',
  acorn: 'markdown',
  'acorn-jsx': 'markdown',
  'gray-matter': 'markdown',
}

const root = fileURLToPath(new URL('../src', import.meta.url))
const files = readdirSync(root, {recursive: true, encoding: 'utf8'}).filter((file) => /\.tsx?$/.test(file))

function importsOf(file: string): string[] {
  const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  return [...code.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1]!)
}

function roomOf(file: string): string {
  return file.includes('/') ? file.split('/')[0]! : ''
}

describe('the import table', () => {
  test('every folder of src is a room of the table', () => {
    const rooms = new Set(files.map(roomOf).filter(Boolean))

    expect([...rooms].filter((room) => !(room in allowed))).toEqual([])
  })

  test('a room imports only from the rooms it may', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('.'))
        .map((target) => relative(root, join(root, file, '..', target)))
        .filter((target) => roomOf(file) !== '' && roomOf(target) !== roomOf(file))
        .filter((target) => !allowed[roomOf(file)]?.includes(roomOf(target)))
        .map((target) => `${file} imports ${target}`),
    )

    expect(wrong).toEqual([])
  })

  test('packages with an owner are imported by it alone', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) =>
          Object.keys(owners).some((name) => target === name || target.startsWith(`${name}/`)),
        )
        .filter(
          (target) =>
            !Object.entries(owners).some(([name, room]) => target.startsWith(name) && roomOf(file) === room),
        )
        .map((target) => `${file} imports ${target}`),
    )

    expect(wrong).toEqual([])
  })

  test('only config.ts reads the environment', () => {
    const wrong = files.filter(
      (file) => file !== 'config.ts' && /process\.env\b/.test(readFileSync(join(root, file), 'utf8')),
    )

    expect(wrong).toEqual([])
  })
})
