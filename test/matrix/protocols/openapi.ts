import {deepStrictEqual as deepEqual} from 'node:assert'
import {execFile} from 'node:child_process'
import {copyFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {citedText, protocolQuestions, startProtocolDocs} from '../../support/protocol-docs.ts'
import {adminToken} from '../../support/start-docent.ts'
import {installPackages, root} from '../programs.ts'

const run = promisify(execFile)
const program = join(root, 'test/fixtures/openapi-client/client.ts')
const packages = [
  'openapi-typescript@7.13.0',
  'openapi-fetch@0.17.0',
  'typescript@5.9.3',
  '@redocly/openapi-core@2.64.0',
  '@types/node@20.19.25',
]

/** Prints what Redocly's recommended rules count as errors. */
const lint = `
import {createConfig, lint} from '@redocly/openapi-core'
const config = await createConfig({extends: ['recommended']})
const problems = await lint({ref: 'openapi.json', config})
console.log(JSON.stringify(problems.filter(({severity}) => severity === 'error').map(({ruleId, message}) => [ruleId, message])))
`

/** A client that is generated from `/openapi.json` and compiled strictly, and a linter of such documents. @throws AssertionError. */
export async function checkOpenApi(): Promise<string> {
  const cwd = installPackages(packages)
  const docs = await startProtocolDocs()
  const node = async (...args: string[]) =>
    (await run(process.execPath, args, {cwd, timeout: 240_000, maxBuffer: 16 * 1024 * 1024})).stdout
  try {
    const document = await (await fetch(`${docs.open.url}/openapi.json`)).text()
    writeFileSync(join(cwd, 'package.json'), '{"private": true, "type": "module"}')
    writeFileSync(join(cwd, 'openapi.json'), document)
    writeFileSync(join(cwd, 'lint.mjs'), lint)
    copyFileSync(program, join(cwd, 'client.ts'))
    deepEqual(JSON.parse(await node('lint.mjs')), [])
    await node('node_modules/openapi-typescript/bin/cli.js', 'openapi.json', '-o', 'docent.d.ts')
    await node(
      'node_modules/typescript/bin/tsc',
      ...['--strict', '--module', 'nodenext', '--target', 'es2022', '--outDir', 'out'],
      ...['--allowImportingTsExtensions', '--rewriteRelativeImportExtensions', 'client.ts'],
    )
    const questions = JSON.stringify(protocolQuestions)
    const seen = JSON.parse(
      await node('out/client.js', docs.open.url, docs.strict.url, questions, adminToken),
    )
    deepEqual(seen, {
      cited: [200, citedText, 'complete', '/docs/install'],
      abstained: [200, true, ''],
      broken: [502, 'error', 'It breaks ', 'upstream_cut'],
      stopped: 'stopped',
      listed: true,
      noWords: [400, 'q'],
      stranger: [401, 'unauthorized'],
      refused: [429, 'questions'],
      tooLarge: [413, 'too_large'],
    })
  } finally {
    await Promise.all([docs.open.close(), docs.strict.close()])
  }
  return ''
}
