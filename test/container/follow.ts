/**
 * Follows the Dockerfile without a container engine: its copies and commands in folders that stand for its stages, with
 * this machine's Node and system packages, then the server and the health check as the image would run them, as a user
 * without rights where this one may become that.
 *
 * Run with: npm run test:container. Needs the npm registry and what compiles native packages; takes minutes.
 */
import {deepStrictEqual as equal, ok} from 'node:assert'
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import {type AddressInfo, createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {
  copyOf,
  environmentOf,
  execForm,
  healthCommandOf,
  type Stage,
  stagesOf,
  valuesOf,
} from './dockerfile.ts'

/** With the libraries that ONNX Runtime has for other systems it would be twice that. */
const mostMegabytes = 250
/** Packages whose programs nothing here runs. */
const withoutProgram = new Set(['ca-certificates', 'openssh-client'])
const readyWithinMs = 300_000
/** The number of nobody where this process may become that user, else null. */
const user = process.getuid?.() === 0 ? 65534 : null

/** npm runs its scripts in the folder of the package. */
const root = process.cwd()
const work = mkdtempSync(join(tmpdir(), 'docent-container-'))
process.on('exit', () => rmSync(work, {recursive: true, force: true}))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
// The user of the image must be able to pass.
chmodSync(work, 0o755)

const folders = new Map<string, string>()
const stages = stagesOf(join(root, 'Dockerfile'))
for (const [n, stage] of stages.entries()) follow(stage, join(work, stage.name ?? `stage-${n}`))
const image = stages.at(-1)!
await serve(image, folderOf(image))

function folderOf(stage: Stage): string {
  return folders.get(stage.name ?? '')!
}

/** Does what a stage says, in a folder that stands for its `/`. */
function follow(stage: Stage, folder: string): void {
  mkdirSync(folder)
  folders.set(stage.name ?? '', folder)
  let workdir = '/'
  const environment: Record<string, string> = {}
  for (const {name, value} of stage.instructions) {
    if (name === 'WORKDIR') {
      workdir = value
      mkdirSync(join(folder, workdir), {recursive: true})
    } else if (name === 'ENV') Object.assign(environment, environmentOf([value]))
    else if (name === 'COPY') copy(value, folder, workdir)
    else if (name === 'RUN') run(value, folder, workdir, environment)
    else ok(['USER', 'VOLUME', 'EXPOSE', 'HEALTHCHECK', 'CMD'].includes(name), `${name} is not known here`)
  }
}

function copy(value: string, folder: string, workdir: string): void {
  const {from, sources, target} = copyOf(value)
  const into = join(folder, resolve(workdir, target))
  for (const source of sources) {
    const path = from === null ? join(root, source) : join(folders.get(from)!, source)
    // A folder gives what is in it; a file goes into a folder that is named as one.
    const isFolder = statSync(path).isDirectory()
    cpSync(path, isFolder || !/\/$/.test(target) ? into : join(into, source), {
      recursive: true,
      verbatimSymlinks: true,
    })
  }
}

/** What needs this machine's packages or users is done in substance. */
function run(command: string, folder: string, workdir: string, environment: Record<string, string>): void {
  const packages = /^apt-get update && apt-get install -y --no-install-recommends ([\w+ -]+)/.exec(
    command,
  )?.[1]
  if (packages !== undefined) {
    for (const name of packages
      .trim()
      .split(/\s+/)
      .filter((one) => !withoutProgram.has(one)))
      equal(spawnSync(name, ['--version']).status, 0, `${name} is needed here`)
    return
  }
  const installed = /^install -d -m (\d+) -o node -g node (\/\w+)$/.exec(command)
  if (installed) {
    const path = join(folder, installed[2]!)
    mkdirSync(path)
    chmodSync(path, Number.parseInt(installed[1]!, 8))
    if (user !== null) chownSync(path, user, user)
    return
  }
  const started = performance.now()
  const {status, stdout, stderr} = spawnSync('/bin/sh', ['-c', command], {
    cwd: join(folder, workdir),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: {...baseEnvironment(), ...onThisMachine(environment)},
  })
  equal(status, 0, `RUN ${command}\n${stdout}\n${stderr}`)
  console.log(`RUN ${command.slice(0, 60)}: ${Math.round((performance.now() - started) / 1000)} s`)
}

/** Of this process as little as npm needs; nothing of Docent's settings. */
function baseEnvironment(): NodeJS.ProcessEnv {
  const {PATH, HOME} = process.env
  return {
    PATH: `${dirname(process.execPath)}:${PATH}`,
    HOME,
    npm_config_userconfig: process.env['npm_config_userconfig'],
  }
}

/** The image's Node stands in `/usr/local`, with its headers. */
function onThisMachine(environment: Record<string, string>): Record<string, string> {
  const {npm_config_nodedir: nodedir, ...rest} = environment
  if (nodedir === undefined) return rest
  equal(nodedir, '/usr/local')
  const prefix = dirname(dirname(process.execPath))
  return existsSync(join(prefix, 'include/node/node.h')) ? {...rest, npm_config_nodedir: prefix} : rest
}

async function serve(stage: Stage, folder: string): Promise<void> {
  const megabytes = Math.round(bytesIn(folder) / 1e6)
  console.log(`The image adds ${megabytes} MB to Node's`)
  ok(megabytes < mostMegabytes, `more than ${mostMegabytes} MB`)

  const environment = environmentOf(valuesOf(stage, 'ENV'))
  for (const name of ['CONTENT_DIR', 'DATA_DIR']) environment[name] = join(folder, environment[name]!)
  const port = await freePort()
  const options = {
    cwd: join(folder, valuesOf(stage, 'WORKDIR').at(-1)!),
    env: {...environment, PATH: process.env['PATH'], PORT: String(port), GENERATOR: 'extractive'},
    ...(user === null ? {} : {uid: user, gid: user}),
  }
  const [program, ...args] = execForm(valuesOf(stage, 'CMD')[0]!)
  equal(program, 'node')
  const server = spawn(process.execPath, args, {...options, stdio: ['ignore', 'pipe', 'pipe']})
  let printed = ''
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  }
  const exited = once(server, 'exit') as Promise<[number | null, string | null]>
  try {
    const [checker, ...checks] = healthCommandOf(valuesOf(stage, 'HEALTHCHECK')[0]!)
    equal(checker, 'node')
    const isHealthy = () => spawnSync(process.execPath, checks, options).status === 0
    equal(isHealthy(), false, 'healthy before it listens')
    const until = performance.now() + readyWithinMs
    while (!isHealthy()) {
      ok(server.exitCode === null && performance.now() < until, `it does not become healthy:\n${printed}`)
      await pause(500)
    }
    console.log('The health check passes')

    const response = await fetch(`http://127.0.0.1:${port}/api/answers`, {
      method: 'POST',
      headers: {'content-type': 'application/json', accept: 'application/json'},
      body: JSON.stringify({question: 'How do I change the port?'}),
    })
    const answer = (await response.json()) as {readonly ending: string; readonly sources: readonly unknown[]}
    equal([response.status, answer.ending], [200, 'complete'])
    ok(answer.sources.length > 0)
    equal((await fetch(`http://127.0.0.1:${port}/widget.js`)).status, 200)
    console.log('It answers, and serves the widget')

    server.kill('SIGTERM')
    equal(await exited, [0, null], `it does not stop in order:\n${printed}`)
    equal(isHealthy(), false, 'healthy after it stopped')
    console.log('SIGTERM ends it with 0')
  } finally {
    server.kill('SIGKILL')
    await exited
  }
}

function bytesIn(path: string): number {
  const found = lstatSync(path)
  if (!found.isDirectory()) return found.size
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const {port} = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
