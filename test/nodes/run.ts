/**
 * Docent on other versions of Node: a copy of this checkout is installed and tried on each, one after the other, over
 * one data folder, as somebody who upgrades does. The machine's own Node begins, with this checkout as it is.
 *
 * Run with: npm run test:nodes -- [MAJOR…] [--npm VERSION…] [--suite], see `usage`.
 */
import {strictEqual as equal, match, ok} from 'node:assert'
import {spawnSync} from 'node:child_process'
import {cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {parseArgs} from 'node:util'
import {packageRoot as root} from '../../src/package/index.ts'
import {docent} from '../support/docent-command.ts'

const usage = `Usage: npm run test:nodes -- [MAJOR…] [options]

Installs and tries Docent on other versions of Node, from the npm registry. Default: 22 24 26.

  --npm VERSION  with this npm instead of the one that runs; may be given several times
  --suite        the whole test suite on each, instead of the smoke
  --help`

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    npm: {type: 'string', multiple: true, default: []},
    suite: {type: 'boolean', default: false},
    help: {type: 'boolean', short: 'h', default: false},
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}

/** What is run in place of `npm`: the one that started this, or one from the registry. */
const ownNpm = process.env['npm_execpath']
if (ownNpm === undefined) throw new Error(`start it by npm\n\n${usage}`)

interface Runtime {
  /** The program. */
  readonly node: string
  /** Where its header files are, for packages that are compiled. */
  readonly headers: string
}

const work = mkdtempSync(join(tmpdir(), 'docent-nodes-'))
process.on('exit', () => rmSync(work, {recursive: true, force: true}))
const dataDir = join(work, 'data')

if (!values.suite) {
  console.log(`Node ${process.versions.node}, as installed here`)
  smoke(process.execPath, root)
}
for (const major of positionals.length > 0 ? positionals : ['22', '24', '26']) {
  const runtime = fetchNode(major)
  if (!values.suite) saysWhatToRun(runtime)
  for (const npm of values.npm.length > 0 ? values.npm.map(fetchNpm) : [ownNpm]) {
    const copy = join(work, 'docent')
    copyTree(copy)
    install(runtime, npm, copy)
    if (values.suite) runSuite(runtime, npm, copy)
    else smoke(runtime.node, copy)
    rmSync(copy, {recursive: true, force: true})
  }
}

/** The program and its headers come as a package for each platform, without any install script. */
function fetchNode(major: string): Runtime {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const folder = fetchPackage(`${name}@${major}`)
  const headers = join(folder, 'node_modules', name)
  return {node: join(headers, 'bin/node'), headers}
}

function fetchNpm(version: string): string {
  return join(fetchPackage(`npm@${version}`), 'node_modules/npm/bin/npm-cli.js')
}

function fetchPackage(spec: string): string {
  const folder = join(work, spec.replaceAll(/\W/g, '-'))
  if (existsSync(folder)) return folder
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"private": true}')
  run(process.execPath, [ownNpm!, 'install', '--no-audit', '--no-fund', '--silent', spec], folder)
  return folder
}

/** What a fresh clone would hold, with changes that are not committed yet. */
function copyTree(to: string): void {
  const list = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  equal(list.status, 0, list.stderr)
  for (const file of new Set(list.stdout.split('\0').filter(Boolean))) {
    if (existsSync(join(root, file))) cpSync(join(root, file), join(to, file))
  }
}

function install(runtime: Runtime, npm: string, copy: string): void {
  const started = performance.now()
  const out = run(runtime.node, [npm, 'ci', '--no-audit', '--no-fund'], copy, runtime)
  const version = run(runtime.node, [npm, '--version'], copy, runtime).trim()
  console.log(
    `Node ${run(runtime.node, ['--version'], copy).trim()}, npm ${version}: installed in ${Math.round((performance.now() - started) / 1000)} s`,
  )
  // The settings of whoever runs this may be unknown to that npm; what this repository sets must not be.
  ok(!/Unknown project config/.test(out), out)
  const napi = Number(run(runtime.node, ['-p', 'process.versions.napi'], copy))
  equal(
    existsSync(join(copy, 'node_modules/better-sqlite3-12')),
    napi < 10,
    'better-sqlite3 12 is for old Nodes alone',
  )
  const compiled = join(copy, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node')
  equal(existsSync(compiled), false, 'SQLite must not be compiled where it comes ready made')
}

function smoke(node: string, folder: string): void {
  console.log(
    run(node, ['--expose-gc', 'scripts/build/run.mjs', 'test/nodes/smoke.ts', dataDir], folder).trimEnd(),
  )
}

/** Another Node over the packages of this one: as long as they do not fit, every command says what to run. */
function saysWhatToRun({node}: Runtime): void {
  const needs = run(
    node,
    ['-p', "Number(process.versions.napi) >= 10 ? 'better-sqlite3' : 'better-sqlite3-12'"],
    root,
  )
  if (existsSync(join(root, 'node_modules', needs.trim()))) return
  for (const command of ['serve', 'ingest', 'transcripts'] as const) {
    const args = command === 'transcripts' ? ['list'] : []
    const {status, stderr, stdout} = spawnSync(node, [...docent(command), ...args], {
      cwd: root,
      env: {PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: '0'},
      encoding: 'utf8',
    })
    ok(status !== 0 && status !== null, `${command} on another Node: ${status} ${stdout}`)
    match(stderr, /^better-sqlite3\S* is not installed for Node\.js .*\. Run npm ci with this Node\.js.*\n$/)
  }
  console.log('  ok with the packages of another Node every command says: run npm ci')
}

/** Its output is shown as it comes: it takes minutes. */
function runSuite(runtime: Runtime, npm: string, copy: string): void {
  const {status, signal} = spawnSync(runtime.node, [npm, 'test'], {
    cwd: copy,
    env: environmentOf(runtime),
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`the suite ended with ${signal ?? status}`)
}

/** Runs to its end and gives what it printed. @throws Error with all of it when it fails. */
function run(program: string, args: readonly string[], cwd: string, runtime?: Runtime): string {
  const {status, signal, stdout, stderr} = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: runtime ? environmentOf(runtime) : process.env,
  })
  if (status !== 0) {
    throw new Error(`${program} ${args.join(' ')} ended with ${signal ?? status}:\n${stdout}\n${stderr}`)
  }
  return `${stdout}${stderr}`
}

/** This Node first on the path, and its headers for packages that are compiled. */
function environmentOf({node, headers}: Runtime): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env['PATH']}`,
    npm_config_nodedir: headers,
  }
}
