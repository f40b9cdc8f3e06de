export {questionKey} from '../text/question-key.ts'
export {type FindPlace, findPlaceIn, type Place} from './find-place.ts'
export {type GivenQuestions, givenQuestions} from './given-questions.ts'
export {openVerifiedAnswers, type VerifiedAnswersOptions} from './open-verified-answers.ts'
export {
  openPostgresVerifiedAnswers,
  type PostgresVerifiedAnswersOptions,
} from './postgres/open-postgres-verified-answers.ts'
export {
  listedStates,
  listedVerified,
  type Shown,
  shownVerified,
  type VerifiedFilter,
} from './shown-verified.ts'
export {
  maxVerifiedAnswers,
  maxVerifiedText,
  type VerifiedAnswer,
  type VerifiedAnswers,
  type VerifiedChange,
  type VerifiedDraft,
  type VerifiedItem,
  type VerifiedState,
  verifiedStates,
} from './verified-answers.ts'
export {checkedDraft, existingPlace, verifiedDraftSchema} from './verified-draft.ts'
export {isGiven, withVerifiedAnswers} from './verified-retriever.ts'
