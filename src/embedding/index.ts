export type {Embedder} from './embedder.ts'
export {locateModel, shippedModelName} from './model-files.ts'
export {openEmbedder} from './transformers-embedder.ts'
export type {WordVectors} from './word-vectors.ts'
