import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {silentLog} from '../../src/http/log.ts'
import {localBuilds, writeBuild} from '../../src/search-index/index.ts'
import {openServer} from '../../src/server/index.ts'
import {settingsFrom} from '../../src/settings/settings.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {samplePage} from '../support/sample-pages.ts'
import {docsToken, startDocent} from '../support/start-docent.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'docent-builds-'))
  onTestFinished(() => rm(path, {recursive: true, force: true}))
  return path
}

/** Writes a build with one page and returns its id. */
async function writeOne(dataDir: string, text: string): Promise<string> {
  const embedder = hashingEmbedder({dimensions: 8})
  const {id} = await writeBuild(dataDir, [samplePage('ports.md', 'Ports', [['Change it', text]])], {
    embedding: {id: embedder.id, name: embedder.name, dimensions: embedder.dimensions},
    embed: (texts) => embedder.embedPassages(texts),
  })
  return id
}

test('an application may keep builds in a store of its own: they are served, listed and activated there', async () => {
  const elsewhere = await folder()
  const first = await writeOne(elsewhere, 'The first port is 3000.')
  const second = await writeOne(elsewhere, 'The second port is 4000.')
  const docent = await startDocent({builds: localBuilds(elsewhere), retriever: null})
  onTestFinished(() => docent.close())
  const asStaff = {headers: {authorization: `Bearer ${docsToken}`}}
  const found = async () => {
    const reply = await fetch(`${docent.url}/api/search?q=port`)
    return ((await reply.json()) as {build: string}).build
  }

  expect(await found()).toBe(second)
  const listed = await fetch(`${docent.url}/api/admin/builds`, asStaff)
  expect(JSON.stringify(await listed.json())).toContain(first)
  const activated = await fetch(`${docent.url}/api/admin/builds/${first}/activate`, {
    method: 'POST',
    ...asStaff,
  })
  expect(activated.status).toBe(200)
  expect(await found()).toBe(first)
})

test('a store without an ingest of its own is refused at start: reindexing would go elsewhere', async () => {
  const dataDir = await folder()
  const settings = {...settingsFrom({PORT: '0', DATA_DIR: dataDir})}
  const parts = {builds: localBuilds(dataDir)}

  await expect(openServer({settings, log: silentLog, webDir: null, parts})).rejects.toThrow(/parts.ingest/)
})
