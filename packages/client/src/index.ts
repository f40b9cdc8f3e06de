export {
  type AskRequest,
  askAnswer,
  browserNetwork,
  type Fetch,
  followAnswer,
  type Network,
  RefusedError,
  type StreamOptions,
  type StreamUpdate,
} from './answer-stream.ts'
export {
  deleteConversation,
  type Feedback,
  fetchGenerator,
  type Rating,
  type RequestOptions,
  rateAnswer,
  sendTimings,
  stopAnswer,
} from './requests.ts'
