export {createHttpServer, type HttpServer} from './http-server.ts'
export {memoryLimits} from './limits/memory-limits.ts'
export type {Log} from './log.ts'
export {createMetrics} from './metrics.ts'
