export type {Docs} from './docs.ts'
export {createDocsServer, type DocsServerOptions} from './docs-server.ts'
export type {CallPolicy, EndedCall} from './tool-calls.ts'
