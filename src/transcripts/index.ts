export {csvHeader, csvRowOf, jsonLineOf} from './export-format.ts'
export {endMomentOf, momentOf} from './moments.ts'
export {openTranscripts, type Transcripts} from './open-transcripts.ts'
export {endingLabelOf, writerOf} from './terminal-view.ts'
export type {
  Transcript,
  TranscriptFilter,
  TranscriptItem,
  TranscriptStore,
} from './transcript-store.ts'
