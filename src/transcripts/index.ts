export {csvHeader, csvRowOf, jsonLineOf} from './export-format.ts'
export {endingLabelOf, feedbackWordsOf, visitorPageLine, writerOf} from './labels.ts'
export {endMomentOf, momentOf} from './moments.ts'
export {exposuresOf} from './open-database.ts'
export {openTranscripts, type Transcripts} from './open-transcripts.ts'
export {
  backUpTranscripts,
  purgeTranscripts,
  readTranscripts,
  type TranscriptsReader,
} from './read-transcripts.ts'
export type {
  FeedbackChange,
  Transcript,
  TranscriptFilter,
  TranscriptItem,
  TranscriptStore,
} from './transcript-store.ts'
