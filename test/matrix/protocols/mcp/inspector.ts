import {deepStrictEqual as deepEqual, match, ok} from 'node:assert'
import {execFile} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {serveDocs} from '../../clients/served-docs.ts'
import {installPackages} from '../../programs.ts'

const run = promisify(execFile)
const name = '@modelcontextprotocol/inspector'

/** The command line of the MCP Inspector lists the tools and calls one, over HTTP. @throws AssertionError. */
export async function checkInspector(version: string): Promise<string> {
  const folder = join(installPackages([`${name}@${version}`]), 'node_modules', name)
  const {bin} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Readonly<Record<string, string>>
  }
  const program = join(folder, typeof bin === 'string' ? bin : Object.values(bin)[0]!)
  const docs = await serveDocs()
  const inspect = async (...args: string[]): Promise<Record<string, unknown>> => {
    const target = ['--cli', `${docs.quick.url}/mcp`, '--transport', 'http']
    const {stdout} = await run(process.execPath, [program, ...target, ...args], {timeout: 120_000})
    return JSON.parse(stdout) as Record<string, unknown>
  }
  try {
    const {tools} = (await inspect('--method', 'tools/list')) as {tools: readonly {readonly name: string}[]}
    deepEqual(
      tools.map((tool) => tool.name),
      ['search_docs', 'get_doc', 'list_docs', 'search', 'fetch'],
    )
    const call = [
      '--method',
      'tools/call',
      '--tool-name',
      'search_docs',
      '--tool-arg',
      'query=change the port',
    ]
    const result = await inspect(...call)
    ok(result['isError'] !== true)
    match(JSON.stringify(result['structuredContent']), /port 8118/)
  } finally {
    await docs.close()
  }
  return ''
}
