export {
  type Assistant,
  type AssistantOptions,
  type DocentServer,
  openAssistant,
  openServer,
  type Parts,
  type ServerOptions,
} from './open-server.ts'
