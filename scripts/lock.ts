/**
 * Brings package-lock.json up to date with package.json and adds facts that the packages do not state themselves.
 * Run with: npm run lock, after every change of a dependency; with -- --check it fails if a fact is missing.
 *
 * npm reads these facts from the lock, not from the registry: it skips an optional package whose `engines` do not match,
 * and runs no script for a package without `hasInstallScript`. See `lockFacts`.
 */
import {spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {packageRoot} from '../src/package/index.ts'
import {withLockFacts} from './lock/lock-facts.ts'

const file = join(packageRoot, 'package-lock.json')
const {values} = parseArgs({options: {check: {type: 'boolean', default: false}}})

if (!values.check) {
  const {status} = spawnSync('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund'], {
    cwd: packageRoot,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}

const before = readFileSync(file, 'utf8')
const {text, missing} = withLockFacts(before)
if (values.check && missing.length > 0) {
  console.error(`package-lock.json lacks: ${missing.join('; ')}. Run: npm run lock`)
  process.exitCode = 1
} else {
  if (text !== before) writeFileSync(file, text)
  console.log(missing.length === 0 ? 'package-lock.json is complete.' : `Added: ${missing.join('; ')}.`)
}
