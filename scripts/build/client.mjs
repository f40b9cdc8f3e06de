// Builds the package docent-client in its own folder: node scripts/build/client.mjs
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {buildClient} from './build-client.mjs'
import {root} from './paths.mjs'

const outDir = join(root, 'packages/client/dist')
await rm(outDir, {recursive: true, force: true})
await buildClient({root, outDir})
