import {cpSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {expect, onTestFinished, test} from 'vitest'
import {readyLines} from '../../src/cli/serve/ready-lines.ts'
import {localBuilds, openCurrentBuild} from '../../src/search-index/index.ts'
import type {DocentServer} from '../../src/server/index.ts'
import {loadSettings} from '../../src/settings/index.ts'
import {ingestFolder, newFolder} from '../support/ingest-world.ts'

const oldData = fileURLToPath(new URL('../fixtures/build-format-2/data', import.meta.url))

async function linesOf(dataDir: string): Promise<string> {
  const current = await openCurrentBuild(localBuilds(dataDir))
  onTestFinished(() => current.close())
  const server = {
    current,
    embedder: {name: 'hashing', dimensions: 32},
    generator: {name: 'extract', describe: () => ''},
    http: {staff: {issueOneTimeToken: () => 'token'}},
  }
  return readyLines(server as unknown as DocentServer, 'http://localhost:8080', loadSettings({})).join('\n')
}

test('a server with an index of an earlier version says that the next ingest makes it anew', async () => {
  const old = newFolder()
  cpSync(oldData, old.dataDir, {recursive: true})
  const folder = newFolder({'a.md': '# A\n\nWords.\n'})
  await ingestFolder(folder)

  expect(await linesOf(old.dataDir)).toMatch(/an earlier version made this index.*next ingest.*ingest/)
  expect(await linesOf(folder.dataDir)).not.toContain('earlier version')
})
