import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {type Cell, chosenCells, type Kind} from '../cell.ts'
import {installPackages} from '../programs.ts'
import {checkReader} from './checks.ts'
import type {ClientLibrary} from './client.ts'
import {eventsource} from './eventsource.ts'
import {eventsourceParser} from './eventsource-parser.ts'
import {fetchEventSource} from './fetch-event-source.ts'
import {node} from './node.ts'
import {type ServedDocs, serveDocs} from './served-docs.ts'
import {undici} from './undici.ts'
import {ws} from './ws.ts'

/** To add a client, add a file and an item here. */
const libraries: readonly ClientLibrary[] = [
  node,
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

/** Client libraries that pages and programs read answers with, each in several versions. */
export const clients: Kind = {
  name: 'clients',
  help: '[PACKAGE[@MAJOR]…] Client libraries: they ask, resume after cuts, and stop.',
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
          skipped: missingNode(client),
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

function missingNode({library, version}: Client): string | null {
  const needed = library.needsNode?.[version]
  if (needed === undefined) return null
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isNewEnough = major! > needed[0] || (major === needed[0] && minor! >= needed[1])
  return isNewEnough ? null : `needs Node ${needed.join('.')}`
}

/** `ws`, `ws@8`, `ws@8.23` and `ws@8.23.0`. */
function covers(client: Client, name: string): boolean {
  return client.library.name === name || `${nameOf(client)}.`.startsWith(`${name}.`)
}

async function tryClient({library, version}: Client, docs: ServedDocs): Promise<string> {
  const load = library.name === 'node' ? noPackage : loaderOf(library.name, version)
  const readers = await library.readers(load, version)
  for (const reader of readers) await checkReader(reader, docs)
  const faults = readers.flatMap(({faults = []}) => faults.map(({reason}) => reason))
  return [
    readers
      .map(({name}) => name)
      .filter(Boolean)
      .join(', '),
    ...new Set(faults),
  ]
    .filter(Boolean)
    .join('; ')
}

async function noPackage(name: string): Promise<never> {
  throw new Error(`${name} is not a package`)
}

/** Imports from where the package was installed, as a program there would. */
function loaderOf(name: string, version: string): (name: string) => Promise<unknown> {
  const folder = installPackages([`${name}@${version}`])
  const loader = join(folder, 'load.mjs')
  writeFileSync(loader, 'export const load = (name) => import(name)\n')
  return async (module) => {
    const {load} = (await import(pathToFileURL(loader).href)) as {load(name: string): Promise<unknown>}
    return load(module)
  }
}
