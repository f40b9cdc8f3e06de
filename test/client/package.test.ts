import {execFile} from 'node:child_process'
import {copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {packageRoot} from '../../src/package/index.ts'
import {browserSetting} from '../support/browser-setting.ts'
import {chromiumPath} from '../support/chromium.ts'
import {type PlayedDocent, startPlayedDocent} from '../support/played-docent.ts'
import {done, sampleSources, sourcesEvent} from '../support/sample-answer.ts'
import type {Step} from '../support/script-player.ts'

const run = promisify(execFile)
/** npm, the compiler and a browser on a slow machine. */
const slowMs = 300_000
const words = (text: string): Step => ({send: {type: 'delta', text}})

const scripts: Readonly<Record<string, readonly Step[]>> = {
  whole: [{send: sourcesEvent()}, words('Send '), words('the id.'), {send: done('complete')}],
  cut: [{send: sourcesEvent()}, words('Before, '), {cut: true}, words('after.'), {send: done('complete')}],
  hold: [{send: sourcesEvent()}, words('Half'), {hold: true}, words(' more'), {send: done('complete')}],
}

/** What `useAll` of the consumer gives, in any runtime. */
const expected = {
  whole: {text: 'Send the id.', ending: 'complete', sources: sampleSources.length, citations: []},
  joined: true,
  cut: {
    text: 'Before, after.',
    sources: sampleSources.length,
    seqs: [1, 2, 3, 4, 5],
    sameText: true,
  },
  stopped: {last: 'done', text: 'Half', ending: 'stopped', sources: sampleSources.length, citations: []},
  left: 'AbortError',
  again: [1, 2, 3, 4, 5],
  rest: [4, 5],
  kept: 'Send the id.',
  rated: true,
  measured: true,
  generator: 'anthropic',
  refused: {name: 'RefusedError', code: 'rate_limited', status: 429, retryAfterMs: 2_000},
  deleted: true,
  gone: 'not_found',
}

let project: string
let packed: string

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'docent-client-'))
  const env = {...process.env, npm_config_offline: 'true', npm_config_cache: join(project, 'cache')}
  const npm = (cwd: string, ...args: readonly string[]): ReturnType<typeof run> =>
    run('npm', [...args, '--no-audit', '--no-fund'], {cwd, env})
  await npm(join(packageRoot, 'packages/client'), 'pack', '--pack-destination', project)
  packed = (await readdir(project)).find((name) => name.endsWith('.tgz'))!
  await writeFile(join(project, 'package.json'), '{"private": true, "type": "module"}')
  await npm(project, 'install', `./${packed}`)
  await copyFile(join(packageRoot, 'test/fixtures/client/consumer.ts'), join(project, 'consumer.ts'))
}, slowMs)

afterAll(() => rm(project, {recursive: true, force: true}))

/** The compiler on the consumer, as a project that has no other types than those of the browser. */
async function compile(): Promise<string> {
  const options = {
    ...{strict: true, target: 'es2022', lib: ['es2022', 'dom'], types: []},
    ...{module: 'nodenext', exactOptionalPropertyTypes: true, skipLibCheck: false},
  }
  const tsconfig = {compilerOptions: options, files: ['consumer.ts']}
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(tsconfig))
  const compiler = join(packageRoot, 'node_modules/typescript/bin/tsc')
  const {stdout} = await run(process.execPath, [compiler], {cwd: project}).catch((error) => error)
  return stdout
}

const play = (options: Partial<Parameters<typeof startPlayedDocent>[0]> = {}): Promise<PlayedDocent> =>
  startPlayedDocent({script: (question) => scripts[question]!, canSearch: true, ...options})

describe('the packed client', {timeout: slowMs}, () => {
  test('installs offline, without other packages, with its notices', async () => {
    const installed = join(project, 'node_modules')

    expect((await readdir(installed)).filter((name) => !name.startsWith('.'))).toEqual(['docent-client'])
    expect((await readdir(join(installed, 'docent-client'))).sort()).toEqual([
      'README.md',
      'dist',
      'package.json',
    ])
    const module = await readFile(join(installed, 'docent-client/dist/index.js'), 'utf8')
    expect(module).not.toMatch(/^import\b|\bimport\(|\brequire\(/m)
    const licenses = await readFile(join(installed, 'docent-client/dist/licenses.txt'), 'utf8')
    expect(licenses).toContain('eventsource-parser')
  })

  test('type-checks a program, and runs it in Node across a cut, a stop and a refusal', async () => {
    expect(await compile()).toBe('')
    await writeFile(
      join(project, 'main.js'),
      "import {useAll} from './consumer.js'\nconsole.log(JSON.stringify(await useAll(process.argv[2])))\n",
    )
    const docent = await play()
    try {
      const {stdout} = await run(process.execPath, ['main.js', docent.url], {
        cwd: project,
        timeout: slowMs - 10_000,
      })
      const {cut, search, ...rest} = JSON.parse(stdout)
      const {connections, ...read} = cut

      expect({cut: read, ...rest}).toEqual(expected)
      expect(connections.slice(0, 3)).toEqual(['open', 'reconnecting', 'open'])
      expect(search).toHaveLength(2)
      expect(docent.answers.map(({question, stops}) => [question, stops])).toEqual([
        ...[
          ['whole', 0],
          ['whole', 0],
          ['cut', 0],
          ['hold', 1],
          ['hold', 0],
        ],
      ])
      const rating = {rating: 'down', reasons: ['incomplete'], comment: 'Too short.'}
      expect(docent.feedback.map(({body}) => body)).toEqual([rating])
      expect(docent.timings.map(({body}) => body)).toEqual([{firstUsefulMs: 80}])
    } finally {
      await docent.close()
    }
  })

  test('a mistake in a program is found by its types', async () => {
    await mkdir(join(project, 'wrong'), {recursive: true})
    const wrong = [
      "import {createClient} from 'docent-client'",
      "const client = createClient({endpoint: 'http://x'})",
      'client.ask({question: 1})',
      "client.feedback('a1', {comment: 'neither rated nor missing'})",
      "for await (const event of client.ask('q')) if (event.type === 'sourced') break",
    ]
    await writeFile(join(project, 'wrong/wrong.ts'), wrong.join('\n'))
    const compiler = join(packageRoot, 'node_modules/typescript/bin/tsc')
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', '']
    const {stdout} = await run(process.execPath, [compiler, ...options, '--ignoreConfig', 'wrong/wrong.ts'], {
      cwd: project,
    }).catch((error) => error)

    expect([...stdout.matchAll(/wrong\.ts\((\d+),/g)].map(([, line]) => line)).toEqual(['3', '4', '5'])
  })
})

describe.skipIf(chromiumPath === null)('the packed client in a browser', {timeout: slowMs}, () => {
  const setting = browserSetting()

  test('does the same as a module', async () => {
    expect(await compile()).toBe('')
    const docent = await play()
    setting.opened.push(docent)
    const context = await setting.browsers.open()
    setting.opened.push(context)
    const page = await context.newPage()
    const modules = {imports: {'docent-client': '/modules/index.js'}}
    const html = `<!doctype html><script type="importmap">${JSON.stringify(modules)}</script>
      <script type="module">
        import {useAll} from '/modules/consumer.js'
        useAll('').then((result) => { window.result = result }, (error) => { window.result = String(error) })
      </script>`
    const script = (path: string) => ({path, contentType: 'text/javascript'})
    await page.route('**/consumer.html', (route) => route.fulfill({body: html, contentType: 'text/html'}))
    await page.route('**/modules/consumer.js', (route) => route.fulfill(script(join(project, 'consumer.js'))))
    const index = join(project, 'node_modules/docent-client/dist/index.js')
    await page.route('**/modules/index.js', (route) => route.fulfill(script(index)))

    await page.goto(`${docent.url}/consumer.html`)
    const result = await (await page.waitForFunction('window.result', null, {timeout: slowMs})).jsonValue()

    const {cut, search, ...rest} = result as Record<string, Record<string, unknown>>
    const {connections, ...read} = cut!
    expect({cut: read, ...rest}).toEqual(expected)
    expect((connections as string[]).slice(0, 3)).toEqual(['open', 'reconnecting', 'open'])
    expect(search).toHaveLength(2)
  })
})
