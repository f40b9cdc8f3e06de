import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {type Cell, chosenCells, type Kind} from '../cell.ts'
import {installPackages} from '../programs.ts'
import {checkReader} from './checks.ts'
import {chromium} from './chromium.ts'
import type {ClientLibrary, ClientSetting} from './client.ts'
import {curl} from './curl.ts'
import {docentClient} from './docent-client.ts'
import {eventsource} from './eventsource.ts'
import {eventsourceParser} from './eventsource-parser.ts'
import {fetchEventSource} from './fetch-event-source.ts'
import {node} from './node.ts'
import {type ServedDocs, serveDocs} from './served-docs.ts'
import {undici} from './undici.ts'
import {ws} from './ws.ts'

/** To add a client, add a file and an item here. */
const libraries: readonly ClientLibrary[] = [
  docentClient,
  node,
  chromium,
  curl,
  eventsource,
  eventsourceParser,
  fetchEventSource,
  undici,
  ws,
]

interface Client {
  readonly library: ClientLibrary
  readonly version: string
}

/** What pages and programs read answers with: client libraries in several versions, a browser, curl. */
export const clients: Kind = {
  name: 'clients',
  help: '[PACKAGE[@MAJOR]…] Clients of the native endpoint, such as curl: cuts, each ending, a stop, refusals.',
  options: [],
  cells(names, {smoke}) {
    const all = libraries.flatMap((library) => library.versions.map((version) => ({library, version})))
    const chosen = chosenCells(all, names, covers, nameOf)
    let docs: Promise<ServedDocs> | undefined
    return chosen
      .filter(({library, version}) => !smoke || library.smoke === version)
      .map(
        (client): Cell => ({
          name: nameOf(client),
          skipped: missing(client),
          async run() {
            docs ??= serveDocs()
            return tryClient(client, await docs)
          },
        }),
      )
  },
}

function nameOf({library, version}: Client): string {
  return `${library.name}@${version}`
}

function missing({library, version}: Client): string | null {
  const needed = library.needsNode?.[version]
  if (needed === undefined) return library.missing?.() ?? null
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isNewEnough = major! > needed[0] || (major === needed[0] && minor! >= needed[1])
  return isNewEnough ? null : `needs Node ${needed.join('.')}`
}

/** `ws`, `ws@8`, `ws@8.23` and `ws@8.23.0`. */
function covers(client: Client, name: string): boolean {
  return client.library.name === name || `${nameOf(client)}.`.startsWith(`${name}.`)
}

async function tryClient({library, version}: Client, docs: ServedDocs): Promise<string> {
  const closers: (() => Promise<void>)[] = []
  try {
    const load = loaderOf(library, version)
    const {pageUrl} = docs
    const setting: ClientSetting = {load, version, pageUrl, atEnd: (close) => closers.push(close)}
    const readers = await library.readers(setting)
    for (const reader of readers) await checkReader(reader, docs)
    const names = readers.map(({name}) => name).filter(Boolean)
    const faults = readers.flatMap(({faults = []}) => faults.map(({reason}) => reason))
    return [names.join(', '), ...new Set(faults)].filter(Boolean).join('; ')
  } finally {
    await Promise.all(closers.map((close) => close()))
  }
}

/** Imports from where the package was installed, as a program there would. */
function loaderOf({name, packed}: ClientLibrary, version: string): ClientSetting['load'] {
  return async (module) => {
    const loader = join(installPackages([packed?.() ?? `${name}@${version}`]), 'load.mjs')
    writeFileSync(loader, 'export const load = (name) => import(name)\n')
    const {load} = (await import(pathToFileURL(loader).href)) as {load(name: string): Promise<unknown>}
    return load(module)
  }
}
