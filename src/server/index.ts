export {type Assistant, openAssistant} from './assistant.ts'
export {type DocentServer, openServer} from './open-server.ts'
export type {AssistantOptions, ServerOptions} from './options.ts'
export type {Parts} from './parts.ts'
