export type {AskedQuestion, QuestionFacts} from './asked-questions.ts'
export {checkTranscripts} from './check-transcripts.ts'
export {csvHeader, csvRowOf, jsonLineOf} from './export-format.ts'
export type {Analytics, AnalyticsRequest, Figures, PageFigures, PagesRequest} from './figures/analytics.ts'
export {endingLabelOf, feedbackWordsOf, visitorPageLine, writerOf} from './labels.ts'
export {type ListOrder, listOrders} from './list-order.ts'
export {loggedFilter} from './logged-filter.ts'
export {endMomentOf, momentOf} from './moments.ts'
export {exposuresOf} from './open-database.ts'
export {openTranscripts, type Transcripts} from './open-transcripts.ts'
export {openPostgresTranscripts} from './postgres/open-postgres-transcripts.ts'
export {readUnansweredFromPostgres} from './postgres/read-unanswered.ts'
export {openStoredPostgresTranscripts} from './postgres/stored-transcripts.ts'
export {
  backUpTranscripts,
  type PurgeResult,
  readTranscripts,
  type TranscriptsReader,
} from './read-transcripts.ts'
export {readUnanswered, type UnansweredReader} from './read-unanswered.ts'
export type {RecoveredAnswer} from './recover-answers.ts'
export {replayPageOf} from './replay-page.ts'
export {reviewSchema, type WrittenReview, writtenReviewOf} from './review.ts'
export {type StoredTranscripts, transcriptsInFile} from './stored-transcripts.ts'
export {
  type FeedbackChange,
  type KeptMaterial,
  leavings,
  type NamedCount,
  type PageRequest,
  type ReadOptions,
  type Transcript,
  type TranscriptFilter,
  type TranscriptItem,
  type TranscriptStore,
  type ValueKind,
  type Verdict,
  valueKinds,
  verdicts,
} from './transcript-store.ts'
export {type Withdrawal, withdrawPage} from './withdraw-page.ts'
export {pageTest} from './withdrawn-answer.ts'
