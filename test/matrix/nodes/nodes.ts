import {strictEqual as equal, match, ok} from 'node:assert'
import {spawnSync} from 'node:child_process'
import {cpSync, existsSync, rmSync} from 'node:fs'
import {delimiter, dirname, join} from 'node:path'
import {docent} from '../../support/docent-command.ts'
import {type Cell, type Kind, UsageError} from '../cell.ts'
import {
  installPackages,
  nodePackage,
  ownNpm,
  root,
  runProgram,
  temporaryFolder,
  testProgram,
} from '../programs.ts'

/**
 * Docent on other versions of Node: a copy of this checkout is installed and tested on each, one after the other, with
 * the same data folder, as in an upgrade. The first is the machine's own Node, with this checkout as it is.
 */
export const nodes: Kind = {
  name: 'nodes',
  help: '[MAJOR…] The product, installed and tested on other versions of Node.js. Default: 22 24 26.',
  options: ['suite', 'npm'],
  cells(names, {smoke: isSmoke, suite, npm}) {
    const wrong = names.find((name) => !/^\d+(?:\.\d+){0,2}$/.test(name))
    if (wrong !== undefined) throw new UsageError(`${wrong} is not a version of Node.js, such as 22`)
    // The newest differs most from the machine's own, and each takes a minute and a half.
    const usual = isSmoke ? ['26'] : ['22', '24', '26']
    const majors = names.length > 0 ? names : usual
    let folder: string | undefined
    const dataDir = () => {
      folder ??= temporaryFolder('nodes')
      return join(folder, 'data')
    }
    const npms = npm.length > 0 ? npm : [null]
    const others = majors.flatMap((major) =>
      npms.map(
        (version): Cell => ({
          name: version === null ? major : `${major} with npm@${version}`,
          skipped: null,
          run: () => tryNode(major, version, suite, dataDir()),
        }),
      ),
    )
    return suite ? others : [ownNode(dataDir), ...others]
  },
}

function ownNode(dataDir: () => string): Cell {
  return {
    name: `${process.versions.node.split('.')[0]} as installed here`,
    skipped: null,
    run() {
      smoke(process.execPath, root, dataDir())
      return `Node ${process.versions.node}`
    },
  }
}

interface Runtime {
  /** The program. */
  readonly node: string
  /** Where its header files are, for packages that are compiled. */
  readonly headers: string
}

function tryNode(major: string, npmVersion: string | null, suite: boolean, dataDir: string): string {
  const runtime = fetchNode(major)
  if (!suite) checkMissingPackages(runtime, dataDir)
  const npm = npmVersion === null ? ownNpm() : fetchNpm(npmVersion)
  const copy = temporaryFolder('docent')
  copyTree(copy)
  const installed = install(runtime, npm, copy)
  if (suite) runSuite(runtime, npm, copy)
  else smoke(runtime.node, copy, dataDir)
  rmSync(copy, {recursive: true, force: true})
  return installed
}

/** Installs the program and its headers, which are a package for each platform, without install scripts. */
function fetchNode(major: string): Runtime {
  const headers = nodePackage(major)
  return {node: join(headers, 'bin/node'), headers}
}

function fetchNpm(version: string): string {
  return join(installPackages([`npm@${version}`]), 'node_modules/npm/bin/npm-cli.js')
}

/** Copies what a fresh clone would contain, with uncommitted changes. */
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

/** Installs the packages. Returns the versions of Node and npm, and how long it took. */
function install(runtime: Runtime, npm: string, copy: string): string {
  const on = {cwd: copy, env: environmentOf(runtime)}
  const started = performance.now()
  const out = runProgram(runtime.node, [npm, 'ci', '--no-audit', '--no-fund'], on)
  const seconds = Math.round((performance.now() - started) / 1000)
  const version = runProgram(runtime.node, [npm, '--version'], on).trim()
  // That npm may not know the user's settings, but it must know those of this repository.
  ok(!/Unknown project config/.test(out), out)
  const napi = Number(runProgram(runtime.node, ['-p', 'process.versions.napi'], on))
  equal(
    existsSync(join(copy, 'node_modules/better-sqlite3-12')),
    napi < 10,
    'better-sqlite3 12 is only for old versions of Node',
  )
  const compiled = join(copy, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node')
  equal(existsSync(compiled), false, 'SQLite must not be compiled where there is a prebuilt binary')
  const node = runProgram(runtime.node, ['--version'], on).trim()
  return `Node ${node}, npm ${version}, installed in ${seconds} s`
}

/** Runs the smoke test with that Node, and with the sources and packages of that folder. */
function smoke(node: string, folder: string, dataDir: string): void {
  const args = ['--expose-gc', ...testProgram('test/matrix/nodes/smoke.ts', [dataDir])]
  console.log(runProgram(node, args, {cwd: folder}).trimEnd())
}

/** With the packages of this Node, another Node cannot run: then every command must say what to run. */
function checkMissingPackages({node}: Runtime, dataDir: string): void {
  const needs = runProgram(
    node,
    ['-p', "Number(process.versions.napi) >= 10 ? 'better-sqlite3' : 'better-sqlite3-12'"],
    {cwd: root},
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
  console.log('  ok with the packages of another Node.js every command says: run npm ci')
}

/** Runs the test suite and shows its output immediately, because it takes minutes. */
function runSuite(runtime: Runtime, npm: string, copy: string): void {
  const {status, signal} = spawnSync(runtime.node, [npm, 'test'], {
    cwd: copy,
    env: environmentOf(runtime),
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`the suite ended with ${signal ?? status}`)
}

/** An environment with this Node first on the path, and with its headers for packages that are compiled. */
function environmentOf({node, headers}: Runtime): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env['PATH']}`,
    npm_config_nodedir: headers,
  }
}
