// Before npm packs: puts the app where the package has it, so that nothing is built where it is installed.
import {cpSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {ensureApp} from './ensure-app.mjs'
import {root} from './paths.mjs'

const packaged = join(root, 'dist/package')
const {folder} = await ensureApp()
rmSync(packaged, {recursive: true, force: true})
cpSync(folder, packaged, {recursive: true})
