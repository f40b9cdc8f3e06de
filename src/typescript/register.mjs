// Lets Node run the TypeScript sources: node --import ./src/typescript/register.mjs src/main.ts
import {register} from 'node:module'

// What an error's stack says are lines of the sources.
process.setSourceMapsEnabled(true)
register('./hooks.mjs', import.meta.url)
