export type {
  AbstentionReason,
  AnswerEvent,
  CitationEvent,
  DeltaEvent,
  DoneEvent,
  Ending,
  ErrorCode,
  ErrorEvent,
  FinishReason,
  GeneratorName,
  Highlight,
  PageLink,
  ReasoningEvent,
  Source,
  SourcesEvent,
  StartEvent,
  Timings,
  ToolEvent,
  Turn,
  Usage,
} from '../../../src/domain/index.ts'
export type {Answer, AnswerUpdate, NumberedEvent} from './answer.ts'
export {AnswerLostError} from './answer-lost-error.ts'
export type {AnswerProblem, AnswerResult, Citation} from './answer-result.ts'
export {
  type AskRequest,
  askAnswer,
  followAnswer,
  type PageContext,
  type Question,
  type StreamOptions,
  type StreamUpdate,
} from './answer-stream.ts'
export {type AskOptions, type Client, type ClientOptions, createClient, type SignalOption} from './client.ts'
export {browserNetwork, type Network} from './network.ts'
export {newKey} from './new-key.ts'
export {RefusedError} from './refused-error.ts'
export {
  deleteConversation,
  type Feedback,
  type FoundSources,
  fetchAnswer,
  fetchInfo,
  fetchSection,
  findSources,
  type Info,
  type KeptAnswer,
  type Measured,
  type Rating,
  rateAnswer,
  type SearchOptions,
  type SearchResponse,
  type SearchResult,
  type SectionAddress,
  type SectionText,
  searchSections,
  sendTimings,
  stopAnswer,
} from './requests.ts'
export type {Fetch, Transport} from './transport.ts'
