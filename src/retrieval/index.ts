export {type Calibration, calibrate, parseCalibration} from './calibration.ts'
export {createRetriever, type RetrieverOptions} from './create-retriever.ts'
export type {Stage} from './ranking.ts'
export type {DocsSearch, Retrieval, Retriever} from './retriever.ts'
