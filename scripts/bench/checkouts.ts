import {execFileSync, spawn} from 'node:child_process'
import {mkdirSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import type {IngestReport} from '../../src/ingestion/index.ts'
import {packageRoot} from '../../src/package/index.ts'
import {type ChildCosts, watchChildren} from './child-costs.ts'

/** A version of Docent that can be run. */
export interface Checkout {
  readonly name: string
  readonly folder: string
}

export const thisCheckout: Checkout = {name: 'this', folder: packageRoot}

/**
 * The sources of a commit in a folder below `root`, with the packages of this checkout: they must be the same.
 * @throws Error when git does not know the commit.
 */
export function checkoutAt(commit: string, root: string): Checkout {
  const folder = join(root, 'beside')
  const archive = join(root, 'beside.tar')
  mkdirSync(folder)
  execFileSync('git', ['archive', `--output=${archive}`, commit], {cwd: packageRoot})
  execFileSync('tar', ['-xf', archive, '-C', folder])
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
  // Builds it, which its first ingest would wait for.
  execFileSync(process.execPath, ['bin/docent.mjs', 'ingest', '--help'], {cwd: folder, stdio: 'ignore'})
  return {name: commit.slice(0, 12), folder}
}

export interface MeasuredIngest extends ChildCosts {
  readonly report: IngestReport
  /** Seconds on the clock, including the start of all processes. */
  readonly seconds: number
}

/** Ingests a folder by the command of a checkout. @throws Error with what it printed when it fails. */
export async function measureIngest(
  {folder}: Checkout,
  content: string,
  dataDir: string,
): Promise<MeasuredIngest> {
  const args = ['bin/docent.mjs', 'ingest', '--content', content, '--data', dataDir, '--json']
  // The model is part of each checkout.
  const {EMBEDDING_MODEL: _, ...env} = process.env
  const started = performance.now()
  const stop = watchChildren()
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let problem = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (problem += text))
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  const costs = stop()
  if (code !== 0) throw new Error(`an ingest ended with code ${code}: ${problem || printed}`)
  const seconds = (performance.now() - started) / 1_000
  return {...costs, seconds, report: JSON.parse(printed) as IngestReport}
}
