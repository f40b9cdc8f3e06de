/**
 * Docent as a package: packed, installed in an empty folder by an npm that skips install scripts, mended by the
 * commands that it prints, and served by `npx docent serve --content ./docs`.
 *
 * Run with: npm run test:package. It takes minutes where SQLite must be compiled; the packages come from the registry.
 */
import {deepStrictEqual as deepEqual, strictEqual as equal, match, ok} from 'node:assert'
import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {createInterface} from 'node:readline'
import {packageRoot, packageVersion} from '../../src/package/index.ts'
import {eventsOf, type ReadEvent, textOf} from '../support/event-reader.ts'
import {step} from '../support/step.ts'

const npm = process.env['npm_execpath']
if (npm === undefined) throw new Error('start it by npm run test:package')

/** Far beyond what a slow machine needs. */
const maxStartMs = 300_000
/** Native packages that may have to be built, one after the other. */
const maxRemedies = 2

const work = mkdtempSync(join(tmpdir(), 'docent-package-'))
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(work, {recursive: true, force: true})
})
const project = join(work, 'project')
mkdirSync(join(project, 'docs'), {recursive: true})
writeFileSync(join(project, 'package.json'), '{"private": true}')
writeFileSync(
  join(project, 'docs/ports.md'),
  '# Ports\n\n## Change the port\n\nSet the port with the variable `PORT`. The default is 3000.\n',
)

const archive = await step('npm pack', pack)
await step('it installs in an empty folder', () => {
  run(process.execPath, [npm, 'install', archive, '--ignore-scripts', '--no-audit', '--no-fund'])
})
await step('npx runs it', () => equal(npx('--version'), `${packageVersion()}\n`))
const server = await step('it starts, after what it says has been run', startMended)
await step('it answers', () => ask(server.url))
await step('it serves the page, the widget and the docs', () => checkPages(server.url))
await step('SIGTERM ends it', () => end(server.child))
await step('its commands use the same data', () => {
  match(npx('ingest', '--list'), /^\* .*1 pages, 1 passages/)
  match(npx('transcripts', 'list'), /complete .*How do I change the port\?/)
  match(npx('ask', 'How do I change the port?'), /`PORT`/)
})
await step('it gives an agent the docs', agent)
console.log(`The package passed on Node ${process.versions.node}.`)

/** What is needed, and nothing else. Returns the archive. */
function pack(): string {
  const {stdout} = spawnSync(process.execPath, [npm!, 'pack', '--json', '--pack-destination', work], {
    cwd: packageRoot,
    encoding: 'utf8',
    env: environment(),
  })
  // Scripts that npm runs first may print lines of their own.
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as [
    {filename: string; files: {path: string}[]},
  ]
  const paths = packed.files.map(({path}) => path)
  for (const path of [
    'bin/docent.mjs',
    'dist/package/docent.js',
    'dist/package/licenses.txt',
    'dist/package/web/licenses.txt',
    'models/technical-english/README.md',
    'models/technical-english/word-frequencies.bin',
    'LICENSE',
  ]) {
    ok(paths.includes(path), `${path} is not in the package`)
  }
  const tops = new Set(paths.map((path) => path.split('/')[0]))
  deepEqual([...tops].sort(), ['LICENSE', 'README.md', 'bin', 'dist', 'models', 'package.json'])
  deepEqual(
    paths.filter((path) => path.startsWith('dist/') && !path.startsWith('dist/package/')),
    [],
  )
  return join(work, packed.filename)
}

interface Started {
  readonly child: ChildProcess
  readonly url: string
}

/** As long as it says what to run, that is run. */
async function startMended(): Promise<Started> {
  for (let remedies = 0; ; remedies++) {
    const outcome = await start()
    if ('child' in outcome) return outcome
    const [, folder, command] =
      /^\S+ is not installed for Node\.js \S+ on \S+\. In (\S+) run: (.+)\n$/.exec(outcome.stderr) ?? []
    if (folder === undefined || command === undefined || remedies === maxRemedies) {
      throw new Error(`it did not start: ${outcome.stderr}`)
    }
    console.log(`     ${command}`)
    equal(folder, project)
    const {status, stdout, stderr} = spawnSync(command, {
      cwd: folder,
      shell: true,
      encoding: 'utf8',
      env: environment(),
    })
    equal(status, 0, `${command}: ${stdout}${stderr}`)
  }
}

async function start(): Promise<Started | {readonly stderr: string}> {
  const program = join(project, 'node_modules/docent/bin/docent.mjs')
  const child = spawn(process.execPath, [program, 'serve', '--content', './docs', '--port', '0'], {
    cwd: project,
    env: {...environment(), LOG_LEVEL: 'warn'},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const closed = once(child, 'close')
  const timer = setTimeout(() => child.kill('SIGKILL'), maxStartMs)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  let stdout = ''
  for await (const text of child.stdout.setEncoding('utf8')) {
    stdout += text
    const url = /Docent is ready: (http:\S+?)\/\n/.exec(stdout)?.[1]
    if (url === undefined) continue
    clearTimeout(timer)
    return {child, url}
  }
  await closed
  clearTimeout(timer)
  return {stderr}
}

async function ask(url: string): Promise<void> {
  const response = await fetch(`${url}/api/answers`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({question: 'How do I change the port?'}),
  })
  const events: ReadEvent[] = []
  for await (const event of eventsOf(response)) events.push(event)
  equal(events.at(-1)?.data['ending'], 'complete')
  ok(events.some(({type}) => type === 'citation'))
  ok(textOf(events).includes('PORT'), textOf(events))
}

async function checkPages(url: string): Promise<void> {
  for (const [path, words] of [
    ['/', '<docs-assistant'],
    ['/widget.js', 'licenses.txt'],
    ['/docs/ports', 'Change the port'],
  ] as const) {
    const response = await fetch(url + path)
    equal(response.status, 200, path)
    ok((await response.text()).includes(words), path)
  }
  ok(existsSync(join(project, 'data/transcripts.sqlite')), 'the data folder is ./data')
}

/** Over the standard streams of `docent mcp`, as an agent starts it. */
async function agent(): Promise<void> {
  const program = join(project, 'node_modules/docent/bin/docent.mjs')
  const child = spawn(process.execPath, [program, 'mcp', '--content', './docs'], {
    cwd: project,
    env: environment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  running.add(child)
  const exited = once(child, 'exit')
  const messages = [
    {
      id: 1,
      method: 'initialize',
      params: {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'test', version: '1'}},
    },
    {method: 'notifications/initialized'},
    {id: 2, method: 'tools/call', params: {name: 'search_docs', arguments: {query: 'change the port'}}},
  ]
  for (const message of messages) child.stdin.write(`${JSON.stringify({jsonrpc: '2.0', ...message})}\n`)
  let answer = ''
  for await (const line of createInterface({input: child.stdout})) {
    const {id} = JSON.parse(line) as {id: number}
    if (id !== 2) continue
    answer = line
    child.stdin.end()
  }
  ok(answer.includes('The default is 3000.'), answer)
  equal((await exited)[0], 0)
  running.delete(child)
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  equal((await exited)[0], 0)
}

function npx(...args: readonly string[]): string {
  return run(process.execPath, [npm!, 'exec', '--offline', '--', 'docent', ...args])
}

/** Runs to its end in the project and returns what it printed. @throws Error with all of it when it fails. */
function run(program: string, args: readonly string[]): string {
  const {status, signal, stdout, stderr} = spawnSync(program, args, {
    cwd: project,
    encoding: 'utf8',
    env: environment(),
  })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${signal ?? status}:\n${stdout}\n${stderr}`)
  return stdout
}

/**
 * This Node first on the path, and its header files where they lie beside it: without internet access native packages
 * are built by these. No setting of Docent's and nothing of the npm that runs this.
 */
function environment(): NodeJS.ProcessEnv {
  const prefix = dirname(dirname(process.execPath))
  const hasHeaders = existsSync(join(prefix, 'include/node/node.h'))
  return {
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    HOME: process.env['HOME'],
    ...(hasHeaders ? {npm_config_nodedir: prefix} : {}),
  }
}
