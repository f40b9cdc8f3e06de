import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {packageRoot} from '../../src/package/index.ts'

/** This checkout. */
export const root = packageRoot

/** The arguments for Node that run a TypeScript program of the tests in the folder of a checkout. */
export function testProgram(file: string, args: readonly string[]): readonly string[] {
  return ['scripts/build/run.mjs', file, ...args]
}

/** Path of the npm that started this command, as a program for Node. */
export function ownNpm(): string {
  const path = process.env['npm_execpath']
  if (path === undefined) throw new Error('start this with npm run test:matrix')
  return path
}

let work: string | undefined

/** A new folder, removed when this process ends. */
export function temporaryFolder(name: string): string {
  if (work === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'docent-matrix-'))
    work = made
    process.on('exit', () => rmSync(made, {recursive: true, force: true, maxRetries: 3}))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  }
  return mkdtempSync(join(work, `${name.replaceAll(/\W/g, '-')}-`))
}

export interface ProgramOptions {
  readonly cwd: string
  /** Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv
  /** Time after which it is killed. Default: one hour. */
  readonly timeoutMs?: number
}

/** Runs a program to its end and returns its output. @throws Error with the output if it fails. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): string {
  const {cwd, env = process.env, timeoutMs = 3_600_000} = options
  const {status, signal, error, stdout, stderr} = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  if (status !== 0) {
    const ending = signal ?? status ?? error?.message
    throw new Error(`${program} ${args.join(' ')} ended with ${ending}:\n${stdout}\n${stderr}`)
  }
  return `${stdout}${stderr}`
}

/** Whether a program is installed: it succeeds with these arguments. */
export function isInstalled(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, {stdio: 'ignore'}).status === 0
}

/**
 * Installs packages from the registry into a separate folder, without their install scripts. None of them
 * becomes a dependency of this repository.
 * @param specs with exact versions: `ws@7.5.10`.
 */
export function installPackages(specs: readonly string[], folder = temporaryFolder(specs[0]!)): string {
  mkdirSync(folder, {recursive: true})
  writeFileSync(join(folder, 'package.json'), '{"private": true}')
  const options = ['--no-audit', '--no-fund', '--silent', '--ignore-scripts', '--save-exact']
  runProgram(process.execPath, [ownNpm(), 'install', ...options, ...specs], {cwd: folder})
  return folder
}

/** Installs a version of Node, which is a package for each platform. Returns the package's folder. */
export function nodePackage(major: string): string {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  return join(installPackages([`${name}@${major}`]), 'node_modules', name)
}

const nodePrograms = new Map<string, string>()

/** Another version of Node as a program, installed once. */
export function nodeProgram(major: string): string {
  const program = nodePrograms.get(major) ?? join(nodePackage(major), 'bin/node')
  nodePrograms.set(major, program)
  return program
}
