import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import {yamlOf} from '../support/yaml.ts'

const github = fileURLToPath(new URL('../../.github', import.meta.url))
const filesIn = (folder: string) =>
  readdirSync(join(github, folder)).map((name) => join(github, folder, name))

interface Job {
  readonly 'timeout-minutes'?: number
  readonly container: {readonly image: string}
  readonly strategy?: {readonly matrix: {readonly node: readonly number[]}}
  readonly steps: readonly {readonly uses?: string; readonly run?: string}[]
}

interface Workflow {
  readonly permissions: unknown
  readonly concurrency?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

describe.each(filesIn('workflows'))('%s', (file) => {
  const text = readFileSync(file, 'utf8')
  const {permissions, concurrency, jobs} = yamlOf(text) as Workflow

  test('may only read, and has a concurrency group and time limits', () => {
    expect(permissions).toEqual({contents: 'read'})
    expect(concurrency).toBeDefined()
    expect(Object.values(jobs).map((job) => typeof job['timeout-minutes'])).not.toContain('undefined')
  })

  test('pins actions to a commit', () => {
    const steps = Object.values(jobs).flatMap((job) => job.steps)
    const used = steps.flatMap(({uses}) => (uses === undefined ? [] : [uses]))

    expect(used).not.toEqual([])
    expect(used.filter((action) => !/^[\w-]+\/[\w/-]+@[\da-f]{40}$/.test(action))).toEqual([])
  })
})

test('CI tests every Node.js version that the README names', () => {
  const {jobs} = yamlOf(readFileSync(join(github, 'workflows/ci.yml'), 'utf8')) as Workflow
  const readme = readFileSync(join(github, '../README.md'), 'utf8')
  const named = /\((20, [\d, and]+) are tested\)/.exec(readme)![1]!.match(/\d+/g)
  const tried = Object.values(jobs).flatMap(({container, strategy, steps}) => {
    const command = steps.at(-1)!.run
    const majors = strategy?.matrix.node.map(String) ?? [/^node:(\d+)/.exec(container.image)![1]!]
    return majors.map((major) => ({major, command}))
  })

  expect(tried.map(({major}) => major)).toEqual(named)
  expect(tried.map(({command}) => command)).toEqual(['.ci/run', ...Array(3).fill('npm ci && npm test')])
})

describe('issue forms', () => {
  interface Form {
    readonly name: string
    readonly description: string
    readonly body: readonly {
      readonly type: string
      readonly id?: string
      readonly attributes: {readonly label?: string; readonly value?: string}
    }[]
  }
  const forms = filesIn('ISSUE_TEMPLATE').filter((file) => !file.endsWith('config.yml'))

  test.each(forms)('%s is valid', (file) => {
    const {name, description, body} = yamlOf(readFileSync(file, 'utf8')) as Form
    const ids = body.flatMap(({id}) => (id === undefined ? [] : [id]))

    expect(name.length * description.length).toBeGreaterThan(0)
    expect(new Set(ids).size).toBe(ids.length)
    for (const {type, attributes} of body) {
      expect(['markdown', 'textarea', 'input']).toContain(type)
      expect(type === 'markdown' ? attributes.value : attributes.label).toMatch(/\S/)
    }
  })

  test('exist for bugs and ideas', () => {
    expect(forms.map((file) => file.slice(file.lastIndexOf('/') + 1)).sort()).toEqual(['bug.yml', 'idea.yml'])
  })
})
